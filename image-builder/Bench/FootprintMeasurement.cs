using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>What the hypervisor takes of flash and RAM, with one guest.</summary>
public static partial class FootprintMeasurement
{
    private const long RamAim = 436 << 10;
    private const string Guest = "micro";

    // The first word that a routine's name holds says which part it belongs to.
    private static readonly (string Word, string Part)[] Parts =
    [
        ("_Gic_", "virtual and physical GIC"), ("_DeviceTree", "device tree, board facts"), ("_Board", "device tree, board facts"), ("_Boot_", "inflating, hashing"),
        ("_Partitions_", "tables, packages, guests' start and end"), ("_Diagnostics_", "consoles, log"), ("_Devices_", "virtual UART"),
        ("_Apic_", "virtual APICs"), ("_Decode_", "instruction decoder"), ("_Svm_", "AMD-V"), ("_Vmx_", "VT-x"), ("_Policy_", "CPUID and MSR policy"), ("_Firmware_", "firmware's tables"),
        ("_Disk_", "disk"), ("_Host_", "exits, vCPUs, boot"), ("_Guest_", "exits, vCPUs, boot"), ("_Lifecycle_", "tables, packages, guests' start and end"), ("_Update_", "updates"),
        ("_Memory_", "page tables"), ("_Vcpus_", "exits, vCPUs, boot"), ("_El2_", "exits, vCPUs, boot"), ("_Registers_", "exits, vCPUs, boot"), ("CoreLib_", "CoreLib"),
    ];

    public static BenchSection Run(BenchBoard board)
    {
        using BenchWorkspace work = BenchWorkspace.Build($"""
            appliance: footprint
            board: {board.Name}
            guests:
              {Guest}:
                cpus: [0]
                memory: 64 MiB
                kernel:
                  project: microbench
            """, 4);
        if (work.Run(Guest, "^MB ", TimeSpan.FromMinutes(10)) is not RunEnd.Seen)
            throw new BuildException("the micro guest did not start");
        long ram = long.Parse(Held().Match(work.Console("bulkhead")).Groups[1].Value, CultureInfo.InvariantCulture);
        string elf = work.Hypervisor;
        long text = long.Parse(Text().Match(Tool.Run("llvm-size", ["-A", elf])).Groups[1].Value, CultureInfo.InvariantCulture);
        long flash = new FileInfo(Path.ChangeExtension(elf, ".bin")).Length;
        StringBuilder body = new();
        if (work.Appliance.Board.Architecture == CpuArchitecture.Arm64)
            Arm64(body, text, flash, ram);
        else
            Pc(body, text, flash, ram);
        body.AppendLine();
        body.AppendLine("What .text is made of:");
        body.AppendLine();
        foreach (var part in work.Symbols.Sizes(work.Symbols.AddressOf("_start") + (ulong)text).GroupBy(routine => PartOf(routine.Name), routine => (long)routine.Size).OrderByDescending(part => part.Sum()))
            body.AppendLine($"- {part.Key}: {part.Sum():N0}");
        return new("Footprint", body.ToString());
    }

    private static void Arm64(StringBuilder body, long text, long flash, long ram)
    {
        const long aim = 64 << 10;
        body.AppendLine("| bytes | Bulkhead | aim | Bao | Xen |");
        body.AppendLine("|---|---|---|---|---|");
        body.AppendLine($"| .text | {BenchSection.Figure(text, aim)} | <= {aim:N0} | 65,304 | 595,312 |");
        body.AppendLine($"| hypervisor in flash | {flash:N0} | - | 105,728, its guest's 11,500 included | 983,048 |");
        body.AppendLine($"| RAM with one guest, four CPUs | {BenchSection.Figure(ram, RamAim)} | <= {RamAim:N0} | 446,464 | 33,955,840 |");
        if (text <= aim)
            return;
        body.AppendLine();
        body.AppendLine(
            ".text misses its aim: the virtual GIC keeps every state of the architecture in C#, the inflater, the device tree and the " +
            "table's checks are code that Bao does not have, signed updates are a fifth of all, and the compiler, told what to " +
            "inline by how many places call it (decisions/0016), still merges no two sequences of instructions that are the same.");
    }

    // Sizes of Debian's: Xen 4.20, kvm.ko and kvm-amd.ko of 6.1.
    private static void Pc(StringBuilder body, long text, long flash, long ram)
    {
        const long aim = 96 << 10;
        body.AppendLine("| bytes | Bulkhead, AMD-V and VT-x | aim | KVM's two modules, AMD-V | Xen |");
        body.AppendLine("|---|---|---|---|---|");
        body.AppendLine($"| .text | {BenchSection.Figure(text, aim)} | <= {aim:N0} | 902,000 | 1,439,000 |");
        body.AppendLine($"| hypervisor's file, without symbols | {flash:N0} | - | - | - |");
        body.AppendLine($"| RAM with one guest, four CPUs | {ram:N0} | - | - | - |");
    }

    private static string PartOf(string routine) =>
        Array.Find(Parts, part => routine.Split('<')[0].Contains(part.Word, StringComparison.Ordinal)).Part ?? "assembly";

    [GeneratedRegex(@"(\d+) bytes of RAM held")]
    private static partial Regex Held();

    [GeneratedRegex(@"^\.text\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex Text();
}
