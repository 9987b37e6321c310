using System;
using Bulkhead.Devices;

namespace Bulkhead.X86.Disk;

/// <summary>Ports, and a data register read many times into one place.</summary>
public interface IAtaPorts : IPortIo
{
    /// <param name="room">Two bytes for each read.</param>
    static abstract void In16Block(ushort port, Span<byte> room);
}
