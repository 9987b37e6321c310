using System;
using Bulkhead.Devices;

namespace Bulkhead.Arm64.El2;

/// <summary>Stop-gap until VirtualPl011.</summary>
internal static class GuestDevices
{
    public static void Create(ref Partition partition)
    {
    }

    public static ulong ReadUart(ref Vcpu vcpu, ref Partition partition, uint offset, AccessSize size) => offset switch
    {
        0x18 => 0x90,
        0xfe0 => 0x11,
        0xfe4 => 0x10,
        0xfe8 => 0x34,
        0xff0 => 0x0d,
        0xff4 => 0xf0,
        0xff8 => 0x05,
        0xffc => 0xb1,
        _ => 0,
    };

    public static void WriteUart(ref Vcpu vcpu, ref Partition partition, uint offset, AccessSize size, ulong value)
    {
        if (offset == 0)
        {
            byte one = (byte)value;
            BoardConsole.Put(vcpu.Guest, new ReadOnlySpan<byte>(ref one));
        }
    }
}
