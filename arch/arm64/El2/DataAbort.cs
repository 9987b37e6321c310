using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's load or store outside its stage 2 map: one of its virtual devices, or nothing.</summary>
internal static class DataAbort
{
    /// <summary>True when the access was emulated and the guest goes on behind it.</summary>
    [RuntimeExport("HandleDataAbort")]
    private static bool Handle(ref Vcpu vcpu, EsrEl2 esr, ulong hpfar, ulong far)
    {
        GuestPhys address = ExitHandler.FaultAddress(hpfar, far);
        if (!esr.IsEmulatable)
            return NoDevice(ref vcpu, esr, address, far);
        DeviceHit hit = vcpu.Partition.Bus.Find(address);
        if (hit.Kind == DeviceKind.None)
            return Other(ref vcpu, esr, address, far);
        if (esr.IsWrite)
            Write(ref vcpu, hit, esr);
        else
            Read(ref vcpu, hit, esr);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(ref Vcpu vcpu, DeviceHit hit, EsrEl2 esr)
    {
        ref Partition partition = ref vcpu.Partition;
        ulong value = hit.Kind switch
        {
            DeviceKind.Uart => GuestDevices.ReadUart(ref vcpu, ref partition, hit.Offset, esr.AccessSize),
            DeviceKind.Gicd => DistributorRegisters<GicHardware>.Read(ref partition.Gic, vcpu.Core.Index, hit.Offset, esr.AccessSize),
            _ => RedistributorRegisters<GicHardware>.Read(ref partition.Gic, vcpu.Core.Index, hit.Offset, esr.AccessSize),
        };
        vcpu.Context.Write(esr.TransferRegister, esr.SignExtend ? SignExtended(value, esr) : value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref Vcpu vcpu, DeviceHit hit, EsrEl2 esr)
    {
        ref Partition partition = ref vcpu.Partition;
        ulong value = vcpu.Context.Read(esr.TransferRegister);
        if (hit.Kind == DeviceKind.Uart)
            GuestDevices.WriteUart(ref vcpu, ref partition, hit.Offset, value);
        else if (hit.Kind == DeviceKind.Gicd)
            DistributorRegisters<GicHardware>.Write(ref partition.Gic, vcpu.Core.Index, hit.Offset, esr.AccessSize, value);
        else
            RedistributorRegisters<GicHardware>.Write(ref partition.Gic, vcpu.Core.Index, hit.Offset, esr.AccessSize, value);
    }

    // SSE: LDRSB, LDRSH, LDRSW to a 64-bit register, or the first two to a 32-bit one (SF).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SignExtended(ulong value, EsrEl2 esr)
    {
        int shift = 64 - (8 << (int)esr.AccessSizeLog2);
        ulong extended = (ulong)((long)(value << shift) >> shift);
        return esr.SixtyFour ? extended : (uint)extended;
    }

    // The devices that nobody is in a hurry to reach.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Other(ref Vcpu vcpu, EsrEl2 esr, GuestPhys address, ulong far)
    {
        DeviceHit hit = vcpu.Partition.Bus.FindOther(address);
        if (hit.Kind == DeviceKind.None)
            return NoDevice(ref vcpu, esr, address, far);
        if (esr.IsWrite)
        {
            GuestDevices.Write(ref vcpu, hit, esr.AccessSize, vcpu.Context.Read(esr.TransferRegister));
            return true;
        }
        ulong value = GuestDevices.Read(ref vcpu, hit, esr.AccessSize);
        vcpu.Context.Write(esr.TransferRegister, esr.SignExtend ? SignExtended(value, esr) : value);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool NoDevice(ref Vcpu vcpu, EsrEl2 esr, GuestPhys address, ulong far)
    {
        ulong elr = SystemRegister.ReadElr();
        // The guest's handler cannot even begin: its vector's own first accesses fault again and again.
        if (vcpu.LastAbortElr == elr && elr - SystemRegister.ReadVbarEl1() < 0x800)
            GuestReport.Stop(ref vcpu, StopReason.FaultWhileTakingFault, esr, address.Value, far);
        vcpu.LastAbortElr = elr;
        GuestException.DataAbort(far);
        return false;
    }
}
