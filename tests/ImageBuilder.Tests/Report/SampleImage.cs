using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Tests.Manifest;

namespace Bulkhead.ImageBuilder.Tests.Report;

/// <summary>A small image of two guests, made by the builder from programs that are random bytes.</summary>
internal static class SampleImage
{
    public const string Manifest = """
        appliance: sample
        board: small
        guests:
          plain:
            cpus: [0, 2]
            memory: 16 MiB
            slot: 512 KiB
            update: {tries: 5}
            kernel: {file: ../files/Image, initrd: ../files/notes.txt, compression: none}
            devices: [rtc, timer-0, timer-1]
          zipped:
            cpus: [1]
            memory: 16 MiB
            slot: 512 KiB
            autostart: false
            kernel: {file: ../files/Image, initrd: ../files/notes.txt, compression: gzip}

        """;

    public static Appliance Appliance { get; } = MakeAppliance();

    public static ImageLayout Layout { get; } = new(Appliance);

    /// <summary>A copy, to be damaged.</summary>
    public static byte[] Bytes => [.. Original];

    private static byte[] Original { get; } = Make();

    private static Appliance MakeAppliance()
    {
        string path = Path.Combine(TestFiles.Folder, "Good", $"sample-{Guid.NewGuid():N}.tmp");
        File.WriteAllText(path, Manifest);
        try
        {
            Appliance appliance = Load.File(path);
            // The least that holds it all: every test of a damaged image goes over all of its bytes.
            return appliance with { Board = appliance.Board with { ImageSize = 8 << 20, Parts = appliance.Board.Arm64 with { Flash = appliance.Board.Arm64.Flash with { Size = 8 << 20 } } } };
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Make()
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-sample").FullName;
        try
        {
            byte[] program = new byte[FirstStageConfig.Offset + Unsafe.SizeOf<FirstStageConfig>() + 1000];
            new Random(1).NextBytes(program);
            string file = Path.Combine(folder, "program.bin");
            File.WriteAllBytes(file, program);
            return ImageBuild.Make(Appliance, new BuildInputs(file, file, _ => file), folder, new Progress<string>());
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
