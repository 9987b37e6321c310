using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.BlackBox;

/// <summary>What was known when a guest, or the hypervisor, ended badly. One page.</summary>
[StructLayout(LayoutKind.Sequential, Size = (int)BlackBoxLayout.RecordStride)]
public struct CrashRecord
{
    /// <summary>"BHCRASH1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x3148534152434842;
    public const uint CurrentVersion = 1;
    public const int MaxRegisters = 64, MaxWalk = 5, MaxBacktrace = 24, MaxExits = 32, MaxEvents = 16, MaxConsole = 1024;

    public ulong Magic;
    public uint Version;
    /// <summary>Bytes of the record.</summary>
    public uint Size;
    /// <summary>Counts all records of this box, over all runs.</summary>
    public ulong Sequence;
    /// <summary>The run it was written in.</summary>
    public ulong Run;
    /// <summary>Index of the guest; <see cref="BlackBoxLayout.Hypervisor"/> for the hypervisor itself.</summary>
    public uint Owner;
    public TraceSource Source;
    /// <summary>StopReason of a guest, <see cref="BugCause"/> of the hypervisor.</summary>
    public uint Cause;
    /// <summary>The hypervisor: BugKind of a failed check, or which exception it was.</summary>
    public uint CauseDetail;
    public uint Cpu;
    /// <summary>Index of the vCPU in its guest.</summary>
    public uint Vcpu;
    public FixedName Name;
    /// <summary>The clock's count.</summary>
    public ulong Time;
    /// <summary>Of the clock, in Hz.</summary>
    public ulong Frequency;
    public uint WalkCount;
    public uint BacktraceCount;
    public uint ExitCount;
    public uint EventCount;
    public uint ConsoleCount;
    public uint Reserved;
    /// <summary>Bit n: register n was known.</summary>
    public ulong KnownRegisters;
    /// <summary>The guest address whose walk follows.</summary>
    public ulong WalkAddress;
    /// <summary>Named by <see cref="Arm64CrashRegister"/> or <see cref="X86CrashRegister"/>.</summary>
    public Registers Register;
    /// <summary>From the root down: the entries that translate <see cref="WalkAddress"/>, to the leaf or to the first that is none.</summary>
    public Steps Walk;
    /// <summary>The hypervisor's: return addresses, the innermost first.</summary>
    public Addresses Backtrace;
    /// <summary>The CPU's last exits, the newest last; none where tracing is off.</summary>
    public Exits Exit;
    /// <summary>The CPU's last events, the newest last.</summary>
    public Events Event;
    public ConsoleBytes Console;
    /// <summary><see cref="Checksum64"/> of all before it.</summary>
    public ulong Checksum;

    [InlineArray(MaxRegisters)]
    public struct Registers
    {
        private ulong _first;
    }

    [InlineArray(MaxWalk)]
    public struct Steps
    {
        private WalkStep _first;
    }

    [InlineArray(MaxBacktrace)]
    public struct Addresses
    {
        private ulong _first;
    }

    [InlineArray(MaxExits)]
    public struct Exits
    {
        private TraceEntry _first;
    }

    [InlineArray(MaxEvents)]
    public struct Events
    {
        private TraceEntry _first;
    }

    [InlineArray(MaxConsole)]
    public struct ConsoleBytes
    {
        private byte _first;
    }

    /// <summary>Whole and of this version; its counts and indices are then within bounds.</summary>
    public readonly bool IsSound => Magic == ExpectedMagic && Version == CurrentVersion && Size == BlackBoxLayout.RecordStride
        && Checksum == Compute() && Owner <= BlackBoxLayout.Hypervisor && WalkCount <= MaxWalk && BacktraceCount <= MaxBacktrace
        && ExitCount <= MaxExits && EventCount <= MaxEvents && ConsoleCount <= MaxConsole;

    /// <summary>Flash where nothing has been written.</summary>
    public readonly bool IsErased
    {
        get
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<CrashRecord, ulong>(ref Unsafe.AsRef(in this)), (int)(BlackBoxLayout.RecordStride / sizeof(ulong)));
            int i = 0;
            while (i < words.Length && words[i] == ulong.MaxValue)
                i++;
            return i == words.Length;
        }
    }

    public void Seal()
    {
        Magic = ExpectedMagic;
        Version = CurrentVersion;
        Size = BlackBoxLayout.RecordStride;
        Checksum = Compute();
    }

    public void Set(int register, ulong value)
    {
        Register[register] = value;
        KnownRegisters |= 1ul << register;
    }

    public void AddStep(ulong slot, ulong entry)
    {
        if (WalkCount >= MaxWalk)
            return;
        ref WalkStep step = ref Walk[(int)WalkCount++];
        step.Slot = slot;
        step.Entry = entry;
    }

    public void AddReturn(ulong address)
    {
        if (BacktraceCount < MaxBacktrace)
            Backtrace[(int)BacktraceCount++] = address;
    }

    private readonly ulong Compute()
    {
        ref byte start = ref Unsafe.As<CrashRecord, byte>(ref Unsafe.AsRef(in this));
        long bytes = (long)Unsafe.ByteOffset(ref start, ref Unsafe.As<ulong, byte>(ref Unsafe.AsRef(in Checksum)));
        return Checksum64.Of(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, ulong>(ref start), (int)(bytes / sizeof(ulong))));
    }
}
