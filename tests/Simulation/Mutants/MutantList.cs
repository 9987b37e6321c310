namespace Bulkhead.Simulation.Mutants;

/// <summary>The bugs that are planted. Each text stands once in its file.</summary>
internal static class MutantList
{
    private const string Tables = "hv-core/Memory/PageTable.cs", Map = "hv-core/Partitions/GuestMap.cs", Loader = "hv-core/Partitions/PackageLoader.cs",
        Reader = "hv-core/Partitions/ApplianceTableReader.cs", Beginning = "hv-core/Update/SignedHeader.cs", Core = "hv-core/Partitions/PartitionCore.cs", Life = "hv-core/Lifecycle/GuestLife.cs",
        Console = "hv-core/Diagnostics/ConsoleMultiplexer.cs", Ring = "hv-core/Diagnostics/TransmitRing.cs", Lock = "hv-core/SpinLock.cs",
        Gic = "arch/arm64/Gic/Delivery.cs", GicLife = "arch/arm64/Gic/Lifecycle.cs";

    public static readonly Mutant[] All =
    [
        new("forgotten TLB flush", Tables, "            _ops.Invalidate(input);\n", ""),
        new("no break before make", Tables, "            WriteEntry(slot, 0);\n            _ops.CompleteWrites();\n            _ops.Invalidate(", "            _ops.Invalidate("),
        new("table linked before it is visible", Tables, "        _ops.CompleteWrites();\n        Replace(", "        Replace("),
        new("last page of a split block lost", Tables, "for (uint i = 0; i < EntryCount; i++)\n            _ops.Write(page", "for (uint i = 0; i < EntryCount - 1; i++)\n            _ops.Write(page"),
        new("device mapped executable", Map, "MapAttributes.Execute : MapAttributes.Device", "MapAttributes.Execute : MapAttributes.Device | MapAttributes.Execute"),
        new("guest gets its neighbour's page", Map, "mapping.Host, mapping.Size,\n", "mapping.Host, mapping.Size + 4096,\n"),
        new("CPU maps its guest's devices", Map, "mapping.Kind == MappingKind.Ram\n                ? tables", "true\n                ? tables"),
        new("segment digest ignored", Loader, "!Sha256.AreEqual(in digest, in segment.Digest)", "false"),
        new("scrub misses the last page", Loader, "ulong end = at + mapping.Size;", "ulong end = at + mapping.Size - 4096;"),
        new("scrub erases what starts a mapping", Loader, "if (start >= at && start < stop)", "if (start > at && start < stop)"),
        new("table digest ignored", Beginning, "Sha256.AreEqual(in digest, in beginning.Digest)", "true"),
        new("two mappings of one page in one guest", Reader, "g < index ? (int)other.MappingCount : mapping", "g < index ? (int)other.MappingCount : 0"),
        new("neighbours' mappings not compared", Reader, "for (int g = 0; g <= index; g++)", "for (int g = index; g <= index; g++)"),
        new("mapping past the end of RAM", "hv-core/Partitions/AddressSpan.cs", "Start - other.Start <= other.Size - Size", "Start - other.Start <= other.Size"),
        new("CPU given twice", Reader, "space.TakenCpus |= 1u << (int)cpu;", ""),
        new("interrupt given twice", Reader, "            taken |= bit;\n", ""),
        new("mapping in the hypervisor's RAM", Reader, "if (host.Overlaps(AddressSpan.Of(in board.HypervisorRam)))", "if (host.Overlaps(new(board.HypervisorRam.Base.Value, board.HypervisorRam.Size - PageSize)))"),
        new("buffer may end outside its mapping", Core, "bytes <= mapping.Size - offset", "bytes <= mapping.Size"),
        new("entry one byte behind RAM", Core, "address.Value - Entry.Mapping[i].Guest.Value < Entry.Mapping[i].Size", "address.Value - Entry.Mapping[i].Guest.Value <= Entry.Mapping[i].Size"),
        new("lock does not wait", Lock, "while (Volatile.Read(ref _serving) != ticket)", "while (false)"),
        new("lock never released", Lock, "_serving + 1)", "_serving)"),
        new("lost kick of a shared interrupt", Gic, "if (Interlocked.Or(ref vcpu.Inbox.Banks, word) == 0)", "if (Interlocked.Or(ref vcpu.Inbox.Banks, word) == word)"),
        new("inbox emptied in two steps", Gic, "uint raised = Interlocked.Exchange(ref mine.Inbox.Private, 0);", "uint raised = Volatile.Read(ref mine.Inbox.Private); Volatile.Write(ref mine.Inbox.Private, 0);"),
        new("double injection", Gic, "uint latch = Interlocked.And(ref bank.Pending, ~bit) & bit;\n        uint high", "uint latch = Volatile.Read(ref bank.Pending) & bit;\n        uint high"),
        new("interrupt in two list registers", Gic, "if ((Interlocked.Or(ref bank.Listed, bit) & bit) != 0)\n            return;", "Interlocked.Or(ref bank.Listed, bit);"),
        new("nobody answers while it waits for an answer", "arch/arm64/Gic/LiveState.cs", "                Delivery<THardware>.Drain(ref gic, self);\n", "{ }\n"),
        new("timer stays active over a vCPU's end", GicLife, "            THardware.SetPhysicalActive(InterruptId.VirtualTimer, false);\n", "{ }\n"),
        new("assigned interrupt stays active over a restart", GicLife, "                THardware.SetPhysicalActive(physical, false);\n", ""),
        new("distributor keeps its state over a restart", "arch/arm64/Gic/VirtualGic.cs", "    public void Reset()\n    {\n        ResetDistributor();\n", "    public void Reset()\n    {\n"),
        new("interrupt left enabled over a restart", GicLife, "                THardware.SetPhysicalEnable(physical, false);\n", ""),
        new("console ring off by one", Ring, "uint room = Size - ((tail - Volatile.Read(ref _head)) & ~Claimed);\n        int count", "uint room = Size + 1 - ((tail - Volatile.Read(ref _head)) & ~Claimed);\n        int count"),
        new("two writers claim one place", Ring, "Interlocked.CompareExchange(ref _tail, tail | Claimed, tail) == tail", "Interlocked.Exchange(ref _tail, tail | Claimed) != uint.MaxValue"),
        new("marks not looked at after letting go", Console, "            if (Volatile.Read(ref _missed) == 0)\n                return;\n", "            return;\n"),
        new("two drain the console", Console, "            if (Interlocked.CompareExchange(ref _draining, 1, 0) != 0)\n                break;\n", "            _draining = 1;\n"),
        new("bytes behind an open line forgotten", "hv-core/Diagnostics/BoardConsole.cs", "        if (_console.IsHolding)\n            Deadlines<TArch>.ArmConsole(ref here);\n", ""),
        new("two turn one vCPU on", "hv-core/Vcpus/VcpuLoop.cs", "Interlocked.CompareExchange(ref target.Power, (int)VcpuPower.Claimed, (int)VcpuPower.Off)", "Volatile.Read(ref target.Power)"),
        new("stop does not kick the others", "hv-core/Partitions/GuestStop.cs", "        KickAll(in TArch.Partition(vcpu.Guest), vcpu.Cpu);\n        TArch", "        TArch"),
        new("restart before all CPUs rest", Life, "if (Volatile.Read(ref partition.Resting) != partition.AllVcpus)", "if (Volatile.Read(ref partition.Resting) == 0)"),
        new("vCPUs keep their power over a restart", Life, "        TurnAllOff(in partition);\n", ""),
        new("restart limit off by one", "hv-core/Lifecycle/RestartHistory.cs", "_count >= limit && now - _times[(int)((_count - limit) % Slots)] < window", "_count > limit && now - _times[(int)((_count - limit - 1) % Slots)] < window"),
        new("guest started before those it comes after", Life, "if (!AreRunning(partition.Entry.After))", "if (false)"),
        new("watchdog's deadline not armed", "hv-core/Vcpus/Deadlines.cs", "Earlier(Earlier(vcpu.ConsoleDeadline, vcpu.Alarm), vcpu.WatchdogDeadline)", "Earlier(vcpu.ConsoleDeadline, vcpu.Alarm)"),
        new("feeding does not count", "hv-core/Devices/GuestWatchdog.cs", "        partition.Watchdog.Feed(now);\n", ""),
    ];
}
