using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.BlackBox;

/// <summary>
/// The board's black box: RAM that a warm reset leaves alone (<see cref="BlackBoxLayout"/>). A board without one notes
/// nothing. What a former run left stays until this run needs its place.
/// </summary>
public static unsafe class Recorder<TArch> where TArch : struct, IArch
{
    /// <summary>Of each owner's, in a run: who crashes all the time neither wears the flash out nor takes the others' places.</summary>
    public const uint MostKept = 2;

    // Virtual; 0 where the board has none.
    private static ulong _base;
    private static ulong _run;
    private static ulong _sequence;
    private static TraceSource _source;
    private static SpinLock _lock;
    private static Positions _event;
    private static CrashLog _log;
    private static Counts _kept;

    public static bool IsThere => _base != 0;

    /// <summary>Exits are to be noted.</summary>
    public static bool IsTracing => _base != 0 && (ApplianceTables.Flags & ApplianceFlags.Trace) != 0;

    public static uint Half => (uint)_run & (BlackBoxLayout.Halves - 1);

    /// <summary>At boot, when the table is known and the board's box is mapped; says what earlier runs left.</summary>
    /// <param name="virtualAddress">Where it is mapped.</param>
    public static void Open(ulong virtualAddress, TraceSource source)
    {
        _base = virtualAddress;
        _source = source;
        ref readonly RunHeader first = ref At<RunHeader>(BlackBoxLayout.RunHeader(0));
        ref readonly RunHeader second = ref At<RunHeader>(BlackBoxLayout.RunHeader(1));
        ulong former = Math.Max(first.IsSound ? first.Run : 0, second.IsSound ? second.Run : 0);
        int found = FindRecords();
        if (HasLog)
        {
            BoardFlash<TArch> flash = default;
            _log.Open(ref flash, ApplianceTables.Table.CrashArea.Offset, ref At<CrashRecord>(BlackBoxLayout.Draft(0)));
            former = Math.Max(former, _log.Run);
            _sequence = Math.Max(_sequence, _log.Sequence);
            found = Math.Max(found, _log.Count);
        }
        // After the last, whatever had the box's RAM before: a header of chance has a sound checksum once in 2^64 times.
        _run = former + 1;
        Clear(BlackBoxLayout.EventRing(Half, 0), (ulong)(uint)ApplianceTables.CpuCount * BlackBoxLayout.EventRingSize);
        for (int console = 0; console < BlackBoxLayout.Owners; console++)
            At<ConsoleTail>(BlackBoxLayout.Console(Half, console)).Count = 0;
        WriteHeader();
        BoardConsole<TArch>.Console.KeepTails(_base + BlackBoxLayout.Console(Half, 0));
        if (found != 0)
            Announce(found, former);
    }

    /// <summary>Instead of <see cref="Open"/>, where the board has none.</summary>
    public static void SayMissing() =>
        HypervisorLog<TArch>.Text("no black box: the board has no RAM that a reset leaves alone"u8);

    /// <summary>Notes an event in this CPU's ring.</summary>
    public static void Note(int cpu, TraceEvent what, uint value, ulong detail = 0, ulong pc = 0)
    {
        if (_base == 0)
            return;
        uint position = _event[cpu];
        _event[cpu] = (position + TraceEntry.Size) % BlackBoxLayout.EventRingSize;
        ref TraceEntry entry = ref At<TraceEntry>(BlackBoxLayout.EventRing(Half, cpu) + position);
        entry.Code = (ulong)what << 32 | value;
        entry.Detail = detail;
        entry.Pc = pc;
        Volatile.Write(ref entry.Time, TArch.Now());
    }

    /// <summary>A record to fill in, on the CPU it is about; <see cref="Commit"/> follows. Only where there is a box.</summary>
    /// <param name="owner">The guest, or <see cref="BlackBoxLayout.Hypervisor"/>.</param>
    public static ref CrashRecord Begin(int owner, ref VcpuCore vcpu, uint cause, uint detail)
    {
        ref CrashRecord record = ref At<CrashRecord>(BlackBoxLayout.Draft(vcpu.Cpu));
        Clear(BlackBoxLayout.Draft(vcpu.Cpu), BlackBoxLayout.RecordStride);
        record.Owner = (uint)owner;
        record.Cause = cause;
        record.CauseDetail = detail;
        record.Cpu = (uint)vcpu.Cpu;
        record.Vcpu = (uint)vcpu.Index;
        record.Source = _source;
        record.Run = _run;
        record.Time = TArch.Now();
        record.Frequency = TArch.ClockHertz;
        if (owner < BlackBoxLayout.Hypervisor)
            record.Name = ApplianceTables.Guest(owner).Name;
        else
            NameRules.Hypervisor.CopyTo(MemoryMarshal.CreateSpan(ref record.Name[0], 15));
        return ref record;
    }

    /// <summary>The record goes to its place, where a reset finds it.</summary>
    /// <param name="exits">Virtual address of the CPU's newest exit in its ring; 0 when it does not trace.</param>
    public static void Commit(ref CrashRecord record, ulong exits)
    {
        int cpu = (int)record.Cpu;
        if (exits != 0)
            record.ExitCount = CopyNewest(exits & ~(ulong)(BlackBoxLayout.ExitRingSize - 1), BlackBoxLayout.ExitRingSize,
                (uint)exits & BlackBoxLayout.ExitRingSize - 1, ref record.Exit[0], CrashRecord.MaxExits);
        record.EventCount = CopyNewest(_base + BlackBoxLayout.EventRing(Half, cpu), BlackBoxLayout.EventRingSize,
            (_event[cpu] - TraceEntry.Size) % BlackBoxLayout.EventRingSize, ref record.Event[0], CrashRecord.MaxEvents);
        CopyConsole(ref record);
        if (record.Owner == BlackBoxLayout.Hypervisor)
        {
            // Whoever holds the lock: all other CPUs halt. One that holds the flash's may have left it anyhow.
            Store(ref record);
            if (HasLog && BoardUpdates<TArch>.TryEnter(out _))
            {
                StoppedFlash<TArch> stopped = default;
                _log.TryAppend(ref stopped, ref record);
            }
            return;
        }
        SpinLock.Guard guard = _lock.Enter();
        Store(ref record);
        if (HasLog && _kept[(int)record.Owner] < MostKept)
        {
            _kept[(int)record.Owner]++;
            BoardFlash<TArch> flash = default;
            SpinLock.Guard writing = BoardUpdates<TArch>.Enter();
            _log.TryAppend(ref flash, ref record);
            BoardUpdates<TArch>.Exit(writing);
        }
        _lock.Exit(guard);
    }

    private static bool HasLog => (ApplianceTables.Flags & ApplianceFlags.CrashLog) != 0;

    /// <summary>Everything this run wrote reaches RAM: before the board is reset.</summary>
    public static void Persist()
    {
        if (_base != 0)
            TArch.Persist(_base, BlackBoxLayout.Size);
    }

    /// <summary>A CPU's exit ring of this run, zeroed.</summary>
    /// <returns>The entry before its first, which is its last.</returns>
    public static ulong ClearExitRing(int cpu)
    {
        uint ring = BlackBoxLayout.ExitRing(Half, cpu);
        Clear(ring, BlackBoxLayout.ExitRingSize);
        return _base + ring + BlackBoxLayout.ExitRingSize - TraceEntry.Size;
    }

    private static void WriteHeader()
    {
        ref RunHeader header = ref At<RunHeader>(BlackBoxLayout.RunHeader(Half));
        header = default;
        header.Run = _run;
        header.Architecture = ApplianceTables.Board.Architecture;
        header.Source = _source;
        header.CpuCount = (uint)ApplianceTables.CpuCount;
        header.GuestCount = (uint)ApplianceTables.GuestCount;
        header.Frequency = TArch.ClockHertz;
        header.Started = TArch.Now();
        header.IsTracing = IsTracing ? 1u : 0;
        header.Appliance = ApplianceTables.Table.ApplianceName;
        header.Board = ApplianceTables.Board.Name;
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
            header.Guest[guest] = ApplianceTables.Guest(guest).Name;
        header.Seal();
        TArch.Persist(_base + BlackBoxLayout.RunHeader(Half), BlackBoxLayout.RunHeaderStride);
    }

    private static int FindRecords()
    {
        int found = 0;
        for (int owner = 0; owner < BlackBoxLayout.Owners; owner++)
        {
            for (uint copy = 0; copy < BlackBoxLayout.RecordsPerOwner; copy++)
            {
                ref readonly CrashRecord record = ref At<CrashRecord>(BlackBoxLayout.Record(owner, copy));
                if (!record.IsSound)
                    continue;
                found++;
                _sequence = Math.Max(_sequence, record.Sequence);
            }
        }
        return found;
    }

    private static void Announce(int found, ulong former)
    {
        LogLine line = default;
        line.Add("black box: "u8);
        line.AddDecimal((ulong)(uint)found);
        line.Add(" crash records of former runs, this is run "u8);
        line.AddDecimal(former + 1);
        HypervisorLog<TArch>.Write(ref line);
    }

    private static void Store(ref CrashRecord record)
    {
        record.Sequence = ++_sequence;
        record.Seal();
        uint place = OlderOf((int)record.Owner);
        At<CrashRecord>(place) = record;
        TArch.Persist(_base + place, BlackBoxLayout.RecordStride);
    }

    private static uint OlderOf(int owner)
    {
        uint first = BlackBoxLayout.Record(owner, 0), second = BlackBoxLayout.Record(owner, 1);
        ulong older = At<CrashRecord>(first).IsSound ? At<CrashRecord>(first).Sequence : 0;
        ulong newer = At<CrashRecord>(second).IsSound ? At<CrashRecord>(second).Sequence : 0;
        return older <= newer ? first : second;
    }

    // The newest entries of a ring that ends, for now, with the one at newest; oldest first.
    private static uint CopyNewest(ulong ring, uint ringSize, uint newest, ref TraceEntry room, int most)
    {
        int count = 0;
        while (count < most && Entry(ring, (newest - (uint)count * TraceEntry.Size) % ringSize).Time != 0)
            count++;
        for (int i = 0; i < count; i++)
            Unsafe.Add(ref room, i) = Entry(ring, (newest - (uint)(count - 1 - i) * TraceEntry.Size) % ringSize);
        return (uint)count;
    }

    private static ref TraceEntry Entry(ulong ring, uint offset) => ref *(TraceEntry*)(ring + (offset & ~(uint)(TraceEntry.Size - 1)));

    // What was sent, then what still waits.
    private static void CopyConsole(ref CrashRecord record)
    {
        ref TransmitRing waiting = ref BoardConsole<TArch>.Console.Transmit((int)record.Owner);
        ref readonly ConsoleTail sent = ref At<ConsoleTail>(BlackBoxLayout.Console(Half, (int)record.Owner));
        uint left = Math.Min(waiting.Count, CrashRecord.MaxConsole);
        uint old = Math.Min(Math.Min(sent.Count, ConsoleTail.Capacity), CrashRecord.MaxConsole - left);
        for (uint i = 0; i < old; i++)
            record.Console[(int)i] = sent.At(sent.Count - old + i);
        for (uint i = 0; i < left; i++)
            record.Console[(int)(old + i)] = waiting.At(waiting.Tail - left + i);
        record.ConsoleCount = old + left;
    }

    private static ref T At<T>(uint offset) where T : unmanaged => ref *(T*)(_base + offset);

    private static void Clear(uint offset, ulong bytes) => TArch.Zero(new Span<byte>((void*)(_base + offset), (int)bytes));

    /// <summary>Records of this run on flash, by owner.</summary>
    [InlineArray(BlackBoxLayout.Owners)]
    private struct Counts
    {
        private uint _first;
    }

    /// <summary>Where each CPU's next event goes; only it touches its own.</summary>
    [InlineArray(ApplianceTable.MaxCpus)]
    private struct Positions
    {
        private uint _first;
    }
}
