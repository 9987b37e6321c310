using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>A stock Debian with `role: control` brings its neighbour a new version, by bulkheadctl through UART and mailbox, and by its shell alone.</summary>
[Collection("emulator")]
public class ControlTests
{
    [Fact]
    public void Debian_updates_its_neighbour() => Updates("qemu-virt-arm64", "/dev/ttyAMA1");

    [Fact]
    [Trait("Tier", "long")]
    public void Debian_updates_its_neighbour_on_a_PC()
    {
        _ = PcBoard.Demo;
        Updates("qemu-q35", "/dev/ttyS1");
    }

    private static void Updates(string board, string line)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-control").FullName, bundle = Path.Combine(folder, "pulse.bhu");
        File.Copy(Path.Combine(Board.Root, "partitions/demo/bulkhead.lock"), Path.Combine(folder, "bulkhead.lock"));
        (int exit, string output) = Board.Compile("package", "pulse", "--appliance", Write(folder, board, "2.0", "modules: []"), "-o", bundle);
        Assert.True(exit == 0, output);
        string manifest = Write(folder, board, "1.0", $"files: {{/pulse.bhu: {bundle}}}");
        (exit, output) = Board.Compile(
            "run", manifest, "--timeout", "200", "--expect", "gateway=# ",
            // A terminal as the kernel has it by default, which echoes: nobody is led round in circles.
            "--send", $"gateway=cat {line} & sleep 1; echo status > {line}; sleep 1; kill %1\\n", "--expect", @"gateway=^bundle none 0 0 ",
            "--send", "gateway=bulkheadctl --uart slots pulse\\n", "--expect", @"gateway=^slot pulse a active 1\.0 ", "--expect", "gateway=^slot pulse b empty ",
            // Interrupted on its way by the UART; the mailbox goes on, when there is nothing else.
            "--send", "gateway=head -c 20000 /pulse.bhu | bulkheadctl --uart update -; echo exit $?\\n", "--expect", "gateway=^exit 4",
            "--send", $"gateway=rm {line}; cat /pulse.bhu | bulkheadctl update -; echo exit $?\\n", "--expect", "gateway=^exit 0",
            "--send", "gateway=bulkheadctl activate && bulkheadctl status\\n", "--expect", "gateway=^trial pulse",
            "--expect", "bulkhead=pulse: its update is on trial",
            "--send", "gateway=sleep 2; bulkheadctl confirm pulse && bulkheadctl slots pulse\\n", "--expect", @"gateway=^slot pulse b active 2\.0 ",
            "--send", "gateway=bulkheadctl rollback; echo exit $?\\n", "--expect", "gateway=refused: no-trial", "--expect", "gateway=^exit 1");
        Assert.True(exit == 0, output);
        // The neighbour's second life is its only one.
        Assert.DoesNotContain("goes back", output);
    }

    private static string Write(string folder, string board, string version, string initramfs)
    {
        string path = Path.Combine(folder, $"appliance-{version}.yaml");
        File.WriteAllText(path, $$"""
            appliance: control
            board: {{board}}
            guests:
              gateway:
                cpus: [0]
                memory: 256 MiB
                slot: 16 MiB
                role: control
                linux:
                  package: linux-image-cloud-{arch}
                  initramfs: { {{initramfs}} }
              pulse:
                cpus: [1]
                memory: 16 MiB
                version: "{{version}}"
                kernel: {project: pulse}
            """);
        return path;
    }
}
