using System;
using System.Collections.Generic;

namespace Bulkhead.Tests.Core;

/// <summary>Registers of 32 bits that remember; a test says what becomes of an access. Any other address is an error.</summary>
internal sealed class FakeDevice(ulong first, int count)
{
    public readonly uint[] Registers = new uint[count];
    public readonly List<(ulong Address, uint? Written)> Accesses = [];
    /// <summary>Before each read: a device that goes on by itself.</summary>
    public Action? Lives;

    public uint Read(ulong address)
    {
        Lives?.Invoke();
        Accesses.Add((address, null));
        return Registers[Index(address)];
    }

    public void Write(ulong address, uint value)
    {
        Accesses.Add((address, value));
        Registers[Index(address)] = value;
    }

    private int Index(ulong address)
    {
        if (address % 4 != 0 || address < first || address >= first + 4 * (ulong)Registers.Length)
            throw new InvalidOperationException($"no register at {address:x}");
        return (int)(address - first) / 4;
    }
}
