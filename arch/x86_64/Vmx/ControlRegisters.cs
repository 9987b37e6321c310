using System;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Vmx;

/// <summary>
/// CR0 and CR4 bits that VMX holds on to (SDM 3 24.6.6): the guest sees the value it wrote, the CPU runs with what it
/// must have. Only a write that changes one of these exits.
/// </summary>
internal static class ControlRegisters
{
    private const ulong Cr0Pe = 1, Cr0Ne = 1ul << 5, Cr0Nw = 1ul << 29, Cr0Cd = 1ul << 30, Cr0Pg = 1ul << 31;
    private const ulong Cr4Pae = 1ul << 5, Cr4Vmxe = 1ul << 13;
    private const ulong EferLme = 1ul << 8, EferLma = 1ul << 10;
    private const uint TrBusy16 = 3;

    /// <summary>NE must be set in VMX operation (SDM 3 A.7). With CD a guest would run its own memory uncached, with NW it would not be coherent.</summary>
    public const ulong Cr0Owned = Cr0Ne | Cr0Nw | Cr0Cd;
    /// <summary>VMXE must be set, and the guest has no VMX.</summary>
    public const ulong Cr4Owned = Cr4Vmxe;

    public static void Reset(ulong cr0, ulong cr4)
    {
        Vmcs.Write(VmcsField.Cr0Shadow, cr0);
        Vmcs.Write(VmcsField.GuestCr0, Real(cr0));
        Vmcs.Write(VmcsField.Cr4Shadow, cr4);
        Vmcs.Write(VmcsField.GuestCr4, cr4 | Cr4Vmxe);
    }

    public static ulong ReadCr0() => Vmcs.Read(VmcsField.GuestCr0) & ~Cr0Owned | Vmcs.Read(VmcsField.Cr0Shadow) & Cr0Owned;

    public static ulong ReadCr4() => Vmcs.Read(VmcsField.GuestCr4) & ~Cr4Owned | Vmcs.Read(VmcsField.Cr4Shadow) & Cr4Owned;

    private static ulong Real(ulong cr0) => cr0 & ~(Cr0Nw | Cr0Cd) | Cr0Ne;

    /// <summary>MOV to CR0, CLTS never exits (TS is not owned). False is #GP(0).</summary>
    public static bool TryWriteCr0(ref Vcpu vcpu, ulong value)
    {
        ulong before = ReadCr0();
        // SDM 2 MOV CRn: PG wants PE, NW wants CD; the upper half is reserved.
        if ((value & (Cr0Pg | Cr0Pe)) == Cr0Pg || (value & (Cr0Nw | Cr0Cd)) == Cr0Nw || value >> 32 != 0)
            return false;
        ulong efer = Vmcs.Read(VmcsField.GuestEfer);
        bool paging = (value & Cr0Pg) != 0;
        if (paging != ((before & Cr0Pg) != 0) && !TryChangePaging(ref vcpu, paging, efer))
            return false;
        Vmcs.Write(VmcsField.Cr0Shadow, value);
        Vmcs.Write(VmcsField.GuestCr0, Real(value));
        // Changes of PG, WP and CD drop what was translated (SDM 3 4.10.4.1).
        Vmcs.InvalidateVpid();
        return true;
    }

    // Into and out of IA-32e mode, and into PAE paging (SDM 3 9.8.5, 4.4.1), which the CPU does by itself where the
    // write does not exit.
    private static bool TryChangePaging(ref Vcpu vcpu, bool paging, ulong efer)
    {
        bool pae = (ReadCr4() & Cr4Pae) != 0;
        uint entry = (uint)Vmcs.Read(VmcsField.EntryControls);
        if (!paging)
        {
            Vmcs.Write(VmcsField.GuestEfer, efer & ~EferLma);
            Vmcs.Write(VmcsField.EntryControls, entry & ~(uint)EntryControls.LongModeGuest);
            return true;
        }
        if ((efer & EferLme) != 0)
        {
            // SDM 2 MOV CRn: nor with a 16-bit TSS in TR.
            if (!pae || (Vmcs.Read(VmcsField.GuestTrAccess) & 0xf) == TrBusy16)
                return false;
            Vmcs.Write(VmcsField.GuestEfer, efer | EferLma);
            Vmcs.Write(VmcsField.EntryControls, entry | (uint)EntryControls.LongModeGuest);
            return true;
        }
        return !pae || TryLoadPdptes(ref vcpu);
    }

    private static bool TryLoadPdptes(ref Vcpu vcpu)
    {
        const int Entries = 4;
        GuestPhys table = new(Vmcs.Read(VmcsField.GuestCr3) & 0xffff_ffe0);
        if (!vcpu.Partition.Core.TryTranslate(table, Entries * sizeof(ulong), out HostPhys host))
            return false;
        Span<byte> bytes = Guest.X86.Open(host, Entries * sizeof(ulong));
        for (int i = 0; i < Entries; i++)
            Vmcs.Write(VmcsField.GuestPdpte0 + 2 * (uint)i, Unsafe.ReadUnaligned<ulong>(ref bytes[i * sizeof(ulong)]));
        return true;
    }
}
