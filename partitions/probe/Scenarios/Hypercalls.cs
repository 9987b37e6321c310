using System;

namespace Bulkhead.Guests.Probe;

/// <summary>docs/abi.md's own calls.</summary>
internal static unsafe class Hypercalls
{
    private const uint Unknown = 0xc600_001f;

    public static void Run()
    {
        HvcResults results = default;
        Hypervisor.CallAll(&results, Hypervisor.CallUid, 0, 0, 0);
        Check.That("call uid"u8, results[0] == Hypervisor.Uid0 && results[1] == Hypervisor.Uid1
            && results[2] == Hypervisor.Uid2 && results[3] == Hypervisor.Uid3);
        ulong version = Hypervisor.Call(Hypervisor.OwnVersion, 0, 0, 0);
        Check.That("version"u8, (long)version >= 0);
        Hypervisor.CallAll(&results, Hypervisor.CallRevision, 0, 0, 0);
        Check.Equal("call revision"u8, version, results[0] << 16 | results[1]);
        Check.Equal("features"u8, Hypervisor.FeatureConsoleWrite, Hypervisor.Call(Hypervisor.OwnFeatures, 0, 0, 0));
        ulong identity = Hypervisor.Call(Hypervisor.GuestIdentity, 0, 0, 0);
        Check.That("guest identity"u8, identity is >= 1 and <= 8);
        Check.Equal("smccc version"u8, 0x1_0001, Hypervisor.Call(Hypervisor.SmcccVersion, 0, 0, 0));
        Check.Equal("smccc arch_features"u8, 0, Hypervisor.Call(Hypervisor.SmcccArchFeatures, Hypervisor.SmcccVersion, 0, 0));
        Check.Equal("doorbell"u8, Hypervisor.NotSupported, Hypervisor.Call(Hypervisor.Doorbell, 0, 0, 0));

        Hypervisor.CallAll(&results, Unknown, 0x11, 0x22, 0x33);
        Check.Equal("unknown call"u8, Hypervisor.NotSupported, results[0]);
        Check.That("unknown call keeps registers"u8, results[1] == 0x11 && results[2] == 0x22 && results[3] == 0x33);
        Check.Equal("unknown 32-bit call"u8, Hypervisor.NotSupported, (ulong)(int)Hypervisor.Call(0x8600_0077, 0, 0, 0));
        WriteConsole();
    }

    private static void WriteConsole()
    {
        ReadOnlySpan<byte> text = "probe: this line came by hypercall\r\n"u8;
        int written = 0;
        while (written < text.Length)
        {
            long taken = Hypervisor.WriteConsole(text.Slice(written));
            if (taken < 0)
                break;
            written += (int)taken;
        }
        Check.Equal("console write"u8, (ulong)text.Length, (ulong)written);
        Check.Equal("console write of nothing"u8, 0, (ulong)Hypervisor.WriteConsole(text.Slice(0, 0)));
        Check.Equal("console write outside RAM"u8, Hypervisor.InvalidParameters, Write(Platform.Gicd, 16));
        Check.Equal("console write over the end"u8, Hypervisor.InvalidParameters, Write(AddressSpace.PhysicalOf(AddressSpace.ImageEnd()), 1ul << 40));
        Check.Equal("console write wrapping"u8, Hypervisor.InvalidParameters, Write(~0ul - 7, 16));
    }

    private static ulong Write(ulong address, ulong length) => Hypervisor.Call(Hypervisor.ConsoleWrite, address, length, 0);
}
