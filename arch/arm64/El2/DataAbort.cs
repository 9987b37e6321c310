using System.Numerics;
using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's load or store outside its stage 2 map: one of its virtual devices, or nothing.</summary>
internal static class DataAbort
{
    /// <summary>True when the access was emulated and the guest goes on behind it.</summary>
    public static bool Handle(ref Vcpu vcpu, EsrEl2 esr, GuestPhys address, ulong far)
    {
        if (!esr.HasSyndrome || !esr.IsTranslationFault)
            return NoDevice(ref vcpu, esr, address, far);
        ref Partition partition = ref Partitions.Of(vcpu.Guest);
        DeviceHit hit = partition.Bus.Find(address);
        AccessSize size = (AccessSize)(1u << (int)esr.AccessSizeLog2);
        uint register = esr.TransferRegister;
        if (esr.IsWrite)
        {
            ulong value = vcpu.Context.Read(register);
            switch (hit.Kind)
            {
                case DeviceKind.Uart:
                    GuestDevices.WriteUart(ref vcpu, ref partition, hit.Offset, size, value);
                    return true;
                case DeviceKind.Gicd:
                    GuestInterrupts.WriteDistributor(ref vcpu, ref partition, hit.Offset, size, value);
                    return true;
                case DeviceKind.Gicr:
                    GuestInterrupts.WriteRedistributor(ref vcpu, ref partition, hit.Offset, size, value);
                    return true;
                default:
                    return NoDevice(ref vcpu, esr, address, far);
            }
        }
        ulong read;
        switch (hit.Kind)
        {
            case DeviceKind.Uart:
                read = GuestDevices.ReadUart(ref vcpu, ref partition, hit.Offset, size);
                break;
            case DeviceKind.Gicd:
                read = GuestInterrupts.ReadDistributor(ref vcpu, ref partition, hit.Offset, size);
                break;
            case DeviceKind.Gicr:
                read = GuestInterrupts.ReadRedistributor(ref vcpu, ref partition, hit.Offset, size);
                break;
            default:
                return NoDevice(ref vcpu, esr, address, far);
        }
        vcpu.Context.Write(register, esr.SignExtend ? SignExtended(read, esr) : read);
        return true;
    }

    // SSE: LDRSB, LDRSH, LDRSW to a 64-bit register, or the first two to a 32-bit one (SF).
    private static ulong SignExtended(ulong value, EsrEl2 esr)
    {
        int shift = 64 - (8 << (int)esr.AccessSizeLog2);
        ulong extended = (ulong)((long)(value << shift) >> shift);
        return esr.SixtyFour ? extended : (uint)extended;
    }

    private static bool NoDevice(ref Vcpu vcpu, EsrEl2 esr, GuestPhys address, ulong far)
    {
        ulong elr = SystemRegister.ReadElr();
        // The guest's handler cannot even begin: the same instruction, or the vector's own first accesses, fault again.
        if (vcpu.LastAbortElr == elr && elr - SystemRegister.ReadVbarEl1() < 0x800)
            GuestStop.StopWithReport(ref vcpu, StopReason.FaultWhileTakingFault, esr, address.Value, far);
        vcpu.LastAbortElr = elr;
        GuestException.DataAbort(far);
        return false;
    }
}
