using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>How an architecture's exits are told apart in what the hypervisor executes.</summary>
/// <param name="begin">Null for a block that no exit begins with, else what its kind is so far; empty for unknown.</param>
/// <param name="reasons">What a routine's name says about the exit that runs it; the first that is met decides, over all else.</param>
/// <param name="entries">The same where no reason was met.</param>
public sealed class ExitKinds(Func<ExecutedBlock, string?> begin, (string Part, string Reason)[] reasons, (string Part, string Reason)[] entries)
{
    public string? Begin(ExecutedBlock block) => begin(block);

    public string? Reason(string routine) => Find(reasons, routine);

    public string? Entry(string routine) => Find(entries, routine);

    public static ExitKinds Of(CpuArchitecture architecture, Routines symbols) => architecture == CpuArchitecture.Arm64 ? Arm64(symbols) : Pc();

    // DDI 0487 D1.3.1.1: the four vectors for a lower exception level in AArch64 state, 0x80 bytes apart.
    private static ExitKinds Arm64(Routines symbols)
    {
        const ulong fromLowerLevel = 0x400, vectorsEnd = 0x600, vectorSize = 0x80;
        ulong vectors = symbols.AddressOf("vectors");
        return new ExitKinds(
            block => block.Address - vectors is >= fromLowerLevel and < vectorsEnd and var vector && vector % vectorSize == 0 ? "" : null,
            [
                ("Devices_ControlUart", "control UART"), ("Devices_ControlMailbox", "mailbox"),
                ("ConsoleWrite__Handle", "console write of a buffer"), ("VirtualPl011", "virtual UART"), ("__WriteUart", "virtual UART"), ("RedistributorRegisters", "virtual GIC redistributor"),
                ("DistributorRegisters", "virtual GIC distributor"), ("SoftwareGeneratedInterrupt", "software-generated interrupt"),
                ("__OnVirtualTimer", "virtual timer"), ("BoardConsole__OnInterrupt", "board's UART"),
            ],
            [
                ("DataAbort__Handle", "other data abort"), ("InterruptHandler__Handle", "timer and other interrupts"), ("Hypercall__Handle", "hypercall"),
                ("SystemRegisterTrap__Handle", "trapped register"), ("ExitHandler__Handle", "other exception"),
            ]);
    }

    // AMD-V: the exit says most itself.
    private static ExitKinds Pc() => new(
        block => block.Exit is { } exit ? SvmKind(exit) : null,
        [
            ("ControlLine", "control UART"), ("Devices_ControlMailbox", "mailbox"),
            ("SvmX2Apic__EndInterrupt", "end of an interrupt"), ("SvmX2Apic__SendInterrupt", "interprocessor interrupt"), ("SvmX2Apic__StartTimer", "start of the APIC timer"),
            ("GuestInterrupts__Carry", "start of the APIC timer"), ("SvmInterrupts__Timer", "timer"), ("SvmInterrupts__Kick", "kick of another CPU"),
            ("BoardConsole__OnInterrupt", "board's UART"), ("ConsoleWrite__Handle", "console write of a buffer"),
        ],
        []);

    private static string SvmKind(SvmExit exit) => exit.Code switch
    {
        0x60 => "other interrupts",
        0x72 => "CPUID",
        0x7b => PortKind((uint)exit.Info >> 16),
        0x7c => exit.Info == 0 ? "RDMSR" : "other WRMSR",
        0x81 => "hypercall",
        0x8d => "XSETBV",
        0x400 when exit.Address >> 12 == 0xfec00 => "I/O APIC",
        0x400 => "other memory outside RAM",
        _ => $"exit {exit.Code:x}h",
    };

    private static string PortKind(uint port) => port is >= 0x3f8 and < 0x400 ? "virtual UART" : $"port {port:x}h";

    private static string? Find((string Part, string Reason)[] table, string name) =>
        Array.Find(table, row => name.Contains(row.Part, StringComparison.Ordinal)).Reason;
}
