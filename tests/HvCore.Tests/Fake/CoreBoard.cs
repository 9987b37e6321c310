using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Tests.Core;

/// <summary>What a <see cref="FakeArch"/> is made of: image, RAM, console, CPUs, and a list of what the core asked for.</summary>
internal sealed unsafe class CoreBoard
{
    /// <summary>The collection of the tests that use one: the core has one table and one console, so they run one after the other.</summary>
    public const string Tests = "core board";
    public const ulong Frequency = 62_500_000;

    public readonly byte[] Image = new byte[8 * Samples.MiB];
    public readonly byte[] Ram = new byte[8 * Samples.MiB];
    public readonly FakeLine Line = new();
    public readonly PartitionCore[] Partitions = new PartitionCore[2];
    public readonly VcpuCore[] Vcpus = new VcpuCore[4];
    public readonly List<string> Calls = [];
    public readonly List<(ulong Address, ulong Bytes)> Persisted = [];
    /// <summary>Looks at each call as it comes.</summary>
    public Action<string>? Watch;
    public ulong Time = 1000;
    public int Served;
    public bool FlashRefuses;
    /// <summary>One of its own, for trials.</summary>
    public bool HasWatchdog;
    /// <summary>The devices that guests are given.</summary>
    public FakeDevice? Device;
    /// <summary>Erases and programs so far.</summary>
    public int Changes;
    private readonly ApplianceTable* _table = (ApplianceTable*)NativeMemory.AllocZeroed((nuint)sizeof(ApplianceTable));

    public CoreBoard()
    {
        FakeArch.Use(this);
        // A board's console begins once in its life.
        Forget(typeof(BoardConsole<FakeArch>));
        Forget(typeof(BoardUpdates<FakeArch>));
        BoardConsole<FakeArch>.Initialize(Frequency);
    }

    /// <summary>A static class of the core as a reset leaves it.</summary>
    public static void Forget(Type type)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.NonPublic | BindingFlags.Static))
        {
            if (!field.IsLiteral)
                field.SetValue(null, Activator.CreateInstance(field.FieldType));
        }
    }

    public ref ApplianceTable Table => ref *_table;

    /// <summary>The sample appliance, its first guest's CPUs ready to load it.</summary>
    public void UseSample(byte[] slot)
    {
        Table = Samples.Table();
        ApplianceTables.Use(ref Table);
        BoardConsole<FakeArch>.AddGuests();
        slot.CopyTo(Image, (int)Table.Guest[0].SlotA.Offset);
        for (int i = 0; i < Partitions.Length; i++)
        {
            Partitions[i].Index = i;
            Partitions[i].Entry = Table.Guest[i];
        }
        for (int cpu = 0; cpu < Vcpus.Length; cpu++)
            Vcpus[cpu] = new VcpuCore { Cpu = cpu, Guest = cpu < 2 ? 0 : cpu == 2 ? 1 : -1, Index = cpu == 1 ? 1 : 0 };
    }

    /// <summary>Erases, or programs by clearing bits; false while the flash is to refuse.</summary>
    public bool TryChange(ulong offset, int length, ReadOnlySpan<byte> bytes)
    {
        if (FlashRefuses)
            return false;
        Changes++;
        for (int i = 0; i < length; i++)
            Image[(int)offset + i] = bytes.IsEmpty ? (byte)0xff : (byte)(Image[(int)offset + i] & bytes[i]);
        return true;
    }

    public void Note(string call)
    {
        Calls.Add(call);
        Watch?.Invoke(call);
    }

    /// <summary>The hypervisor's lines so far.</summary>
    public string[] Lines()
    {
        BoardConsole<FakeArch>.Flush();
        return WireDecoder.Decode(Line.Sent, out _).TryGetValue("bulkhead", out List<byte>? bytes)
            ? [.. Encoding.ASCII.GetString([.. bytes]).Split("\r\n").Where(line => line.Length != 0)] : [];
    }
}
