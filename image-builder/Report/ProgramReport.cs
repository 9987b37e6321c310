using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>What runs before any guest: the first stage, or a hypervisor in its slot.</summary>
/// <param name="Sha256">What the image says it is; <paramref name="Intact"/> when its bytes agree. Of a PC's first stage, of which it says nothing: of its bytes.</param>
public sealed record ProgramReport(string Partition, ulong Size, string Sha256, bool Intact)
{
    internal static ProgramReport? FirstStage(in ImageBytes image, GptPartition partition, ImageProblems problems)
    {
        if (ResetBlock.Read(image.All) is not { } reset)
        {
            problems.Add(ImageDiagnostics.DamagedProgram, "reset block", "damaged; a board would not start from it");
            return null;
        }
        if (reset.FirstStageOffset != partition.Offset)
            problems.Add(ImageDiagnostics.DamagedProgram, "reset block", $"branches to 0x{reset.FirstStageOffset:x8}, and the first stage is at 0x{partition.Offset:x8}");
        return Check(partition.Name, image.Of(partition), reset.FirstStageSize, reset.FirstStageSha256, problems);
    }

    /// <summary>An ELF file, which GRUB starts unchecked (docs/decisions/0009); null when it is none of ours.</summary>
    internal static ProgramReport? FirstStageOfPc(in ImageBytes image, GptPartition partition, ImageProblems problems)
    {
        ReadOnlySpan<byte> file = image.Of(partition);
        if (ElfLength.Of(file) is { } length && length >= FirstStageConfig.OffsetInElf + Unsafe.SizeOf<FirstStageConfig>()
            && BinaryPrimitives.ReadUInt64LittleEndian(file[FirstStageConfig.OffsetInElf..]) == FirstStageConfig.ExpectedMagic)
            return new ProgramReport(partition.Name, (ulong)length, Convert.ToHexStringLower(SHA256.HashData(file[..length])), true);
        problems.Add(ImageDiagnostics.DamagedProgram, partition.Name, "no first stage of ours; GRUB would start nothing");
        return null;
    }

    /// <summary>Null with an empty slot, which is a problem in slot a only.</summary>
    internal static ProgramReport? Hypervisor(in ImageBytes image, GptPartition partition, ImageProblems problems)
    {
        ReadOnlySpan<byte> slot = image.Of(partition);
        if (partition.Name.EndsWith("-b", StringComparison.Ordinal) && !slot.ContainsAnyExcept((byte)0))
            return null;
        HypervisorHeader header = slot.Length < HypervisorHeader.StoredSize ? default : MemoryMarshal.Read<HypervisorHeader>(slot);
        if (SignedHeader.Check(MemoryMarshal.AsBytes(new ReadOnlySpan<HypervisorHeader>(in header)), HypervisorHeader.ExpectedMagic, HypervisorHeader.CurrentVersion) == HeaderFault.None)
            return Check(partition.Name, slot[HypervisorHeader.StoredSize..], header.BinarySize, Convert.ToHexStringLower(header.Digest), problems);
        problems.Add(ImageDiagnostics.DamagedProgram, partition.Name, "no hypervisor's header");
        return null;
    }

    private static ProgramReport Check(string name, ReadOnlySpan<byte> bytes, ulong size, string sha256, ImageProblems problems)
    {
        bool intact = size <= (ulong)bytes.Length && Convert.ToHexStringLower(SHA256.HashData(bytes[..(int)size])) == sha256;
        if (!intact)
            problems.Add(ImageDiagnostics.DamagedProgram, name, "its bytes do not match their SHA-256");
        return new ProgramReport(name, size, sha256, intact);
    }
}
