using System.Globalization;
using System.Text;
using Bulkhead.Arm64.El2;
using Bulkhead.BlackBox;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;
using Bulkhead.X86.Svm;
using Bulkhead.X86.Vmx;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>What the numbers in a black box mean.</summary>
public static class BoxWords
{
    private const ulong Arm64Interrupt = 1ul << 63;
    private const uint RegisterMask = 0x3ffc1e;

    public static string Name(FixedName name) => Names.Text(in name);

    public static string Cause(in CrashRecord record)
    {
        if (record.Owner != BlackBoxLayout.Hypervisor)
            return Reason(record.Cause);
        return (BugCause)record.Cause switch
        {
            BugCause.Check => $"a check of the hypervisor failed, kind {record.CauseDetail}",
            BugCause.Exception => $"exception in the hypervisor, vector {record.CauseDetail}",
            _ => $"cause {record.Cause}",
        };
    }

    public static IReadOnlyList<(string Name, ulong Value)> Registers(CrashRecord record)
    {
        List<(string, ulong)> known = [];
        for (int i = 0; i < CrashRecord.MaxRegisters; i++)
        {
            if ((record.KnownRegisters >> i & 1) != 0)
                known.Add((record.Source == TraceSource.Arm64 ? ((Arm64CrashRegister)i).ToString() : ((X86CrashRegister)i).ToString(), record.Register[i]));
        }
        return known;
    }

    public static string Console(in CrashRecord record) => BoxReader.Text(((ReadOnlySpan<byte>)record.Console)[..(int)record.ConsoleCount]);

    /// <summary>What kind of exit an entry is, for a table of counts or a timeline's colour.</summary>
    public static string ExitKind(in TraceEntry entry, TraceSource source)
    {
        switch (source)
        {
            case TraceSource.Arm64:
                return (entry.Code & Arm64Interrupt) != 0 ? "interrupt" : Word((ExceptionClass)((uint)entry.Code >> 26));
            case TraceSource.Svm:
                return Word((SvmExitCode)(uint)entry.Code);
            default:
                return Word((VmxExitReason)((uint)entry.Code & 0xffff));
        }
    }

    public static string Exit(in TraceEntry entry, TraceSource source) =>
        $"{ExitKind(in entry, source)}{ExitDetail(in entry, source)} at 0x{entry.ExitPc:x}{(entry.Presented < 0 ? "" : $", then interrupt {entry.Presented}")}";

    public static string Event(in TraceEntry entry, in RunHeader header)
    {
        uint value = (uint)entry.Code;
        return (TraceEvent)(entry.Code >> 32) switch
        {
            TraceEvent.GuestStarts => $"guest {Guest(value, in header)} starts at 0x{entry.Detail:x}",
            TraceEvent.GuestStops => $"guest {Guest((uint)entry.Detail, in header)}: {Reason(value)}",
            TraceEvent.VcpuOn => $"vCPU {value} on at 0x{entry.Detail:x}",
            TraceEvent.VcpuOff => $"vCPU {value} off",
            TraceEvent.Exception => $"exception 0x{value:x} for the guest, 0x{entry.Detail:x}, at 0x{entry.Pc:x}",
            TraceEvent.PreTimeout => $"guest {Guest(value, in header)} did not feed its watchdog: pre-timeout, its vCPU at 0x{entry.Pc:x}",
            TraceEvent.Bug => $"the hypervisor's own bug, {value}, at 0x{entry.Detail:x}",
            TraceEvent what => $"event {(uint)what}, 0x{value:x}, 0x{entry.Detail:x}",
        };
    }

    public static string Seconds(ulong counts, ulong frequency) =>
        (counts / (double)Math.Max(frequency, 1)).ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>How long before a record's own time.</summary>
    public static string Ago(in CrashRecord record, ulong time) =>
        ((record.Time - time) * 1e6 / Math.Max(record.Frequency, 1)).ToString("-0.0", CultureInfo.InvariantCulture) + " us";

    private static string Guest(uint index, in RunHeader header) => index < header.GuestCount ? Name(header.Guest[(int)index]) : index.ToString(CultureInfo.InvariantCulture);

    private static string ExitDetail(in TraceEntry entry, TraceSource source)
    {
        if (source == TraceSource.Arm64)
        {
            if ((entry.Code & Arm64Interrupt) != 0)
                return $" {(uint)entry.Code & 0xff_ffff}";
            return (ExceptionClass)((uint)entry.Code >> 26) switch
            {
                ExceptionClass.DataAbortLowerEl => $" {((entry.Code & 1 << 6) != 0 ? "write" : "read")} 0x{entry.Detail:x}",
                ExceptionClass.InstructionAbortLowerEl => $" 0x{entry.Detail:x}",
                ExceptionClass.Hvc64 => $" 0x{(uint)entry.Detail:x}",
                ExceptionClass.SystemRegister => $" {((entry.Code & 1) != 0 ? "read" : "write")} {SystemRegister((uint)entry.Code)}",
                _ => "",
            };
        }
        uint ecx = (uint)(entry.Code >> 32);
        if (source == TraceSource.Svm)
        {
            return (SvmExitCode)(uint)entry.Code switch
            {
                SvmExitCode.Msr => $" {(entry.Detail != 0 ? "write" : "read")} 0x{ecx:x}",
                SvmExitCode.Ioio => $" {((entry.Detail & 1) != 0 ? "in" : "out")} 0x{entry.Detail >> 16 & 0xffff:x}",
                SvmExitCode.Cpuid or SvmExitCode.Vmmcall => $" 0x{(uint)entry.Detail:x}",
                SvmExitCode.NestedPageFault => $" 0x{entry.Detail:x}",
                _ => "",
            };
        }
        return (VmxExitReason)((uint)entry.Code & 0xffff) switch
        {
            VmxExitReason.Rdmsr or VmxExitReason.Wrmsr => $" 0x{ecx:x}",
            VmxExitReason.Io => $" {((entry.Detail & 8) != 0 ? "in" : "out")} 0x{entry.Detail >> 16 & 0xffff:x}",
            VmxExitReason.EptViolation or VmxExitReason.ControlRegister => $" qualification 0x{entry.Detail:x}",
            _ => "",
        };
    }

    // The generic name of DDI 0487 C5.1.2, from ISS bits (D24.2.40).
    private static string SystemRegister(uint iss)
    {
        iss &= RegisterMask;
        return $"S{iss >> 20 & 3}_{iss >> 14 & 7}_C{iss >> 10 & 15}_C{iss >> 1 & 15}_{iss >> 17 & 7}";
    }

    // A member's name in small words; a number where there is none.
    private static string Word<T>(T value) where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            return "0x" + Convert.ToUInt64(value, CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture);
        StringBuilder words = new();
        foreach (char letter in value.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length != 0 && char.IsAsciiLetterLower(words[^1]))
                words.Append(' ');
            words.Append(char.ToLowerInvariant(letter));
        }
        return words.ToString();
    }

    // A box may be of a younger hypervisor.
    private static string Reason(uint value) => Enum.IsDefined((StopReason)value)
        ? Encoding.ASCII.GetString(StopReasonText.Of((StopReason)value)) : $"stopped: reason {value}";
}
