using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Arm64.Registers;

namespace Bulkhead.Arm64.El2;

/// <summary>MSR, MRS and cache maintenance that the trap configuration (Registers/GuestTraps.cs) sends to EL2.</summary>
internal static class SystemRegisterTrap
{
    /// <summary>True when the instruction is done; false when an exception was taken to EL1 in its stead.</summary>
    [RuntimeExport("HandleSystemRegister")]
    private static bool Handle(ref Vcpu vcpu, EsrEl2 esr)
    {
        SystemRegisterName register = esr.Register;
        uint target = esr.SystemRegisterTarget;
        if (register == SystemRegisterName.IccSgi1r && !esr.IsRead)
        {
            GuestInterrupts.SendSgi(ref vcpu, vcpu.Context.Read(target));
            return true;
        }
        return Other(ref vcpu, esr, register, target);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Other(ref Vcpu vcpu, EsrEl2 esr, SystemRegisterName register, uint target)
    {
        if (((uint)register & SystemRegisterKey.IdSpaceMask) == SystemRegisterKey.IdSpace && esr.IsRead)
        {
            vcpu.Context.Write(target, IdRegister(register));
            return true;
        }
        switch (register)
        {
            case SystemRegisterName.CntpCtl:
            case SystemRegisterName.CntpCval:
            case SystemRegisterName.CntpTval:
                Timer(ref vcpu, register, esr.IsRead, target);
                return true;
            case SystemRegisterName.IccDir when !esr.IsRead:
                GuestInterrupts.Deactivate(ref vcpu, vcpu.Context.Read(target));
                return true;
            case SystemRegisterName.IccSgi0r when !esr.IsRead:
            case SystemRegisterName.IccAsgi1r when !esr.IsRead:
                GuestInterrupts.SendSgiGroup0(ref vcpu, vcpu.Context.Read(target));
                return true;
            case SystemRegisterName.Actlr:
                if (esr.IsRead)
                    vcpu.Context.Write(target, 0);
                return true;
            case SystemRegisterName.DcIsw when !esr.IsRead:
            case SystemRegisterName.DcCsw when !esr.IsRead:
            case SystemRegisterName.DcCisw when !esr.IsRead:
                // Set/way reaches other guests' lines too, and is no way to maintain memory (DDI 0487 D7.5.9.4);
                // a guest's RAM was cleaned before it started, so it needs none to come up.
                return true;
            default:
                return Undefined(esr, register);
        }
    }

    private static ulong IdRegister(SystemRegisterName register)
    {
        uint crm = (uint)register >> 1 & 15, op2 = (uint)register >> 17 & 7;
        if (crm is 0 or > 7)
            return 0;
        int index = (int)((crm - 1) * 8 + op2);
        return IdRegisterPolicy.GuestValue(index, SystemRegister.ReadIdRegister(index));
    }

    private static void Timer(ref Vcpu vcpu, SystemRegisterName register, bool isRead, uint target)
    {
        ulong now = SystemRegister.ReadCntpct();
        ref PhysicalTimer timer = ref vcpu.Timer;
        if (isRead)
        {
            vcpu.Context.Write(target, register switch
            {
                SystemRegisterName.CntpCtl => timer.ReadControl(now),
                SystemRegisterName.CntpCval => timer.CompareValue,
                _ => timer.ReadTimerValue(now),
            });
            return;
        }
        ulong value = vcpu.Context.Read(target);
        if (register == SystemRegisterName.CntpCtl)
            timer.WriteControl(value);
        else if (register == SystemRegisterName.CntpCval)
            timer.CompareValue = value;
        else
            timer.WriteTimerValue(now, value);
        GuestInterrupts.UpdatePhysicalTimer(ref vcpu, now);
    }

    // Of the feature ID space GMID_EL1 alone comes here (HCR_EL2.TID5): refused as the CPU refuses its neighbours.
    private static bool Undefined(EsrEl2 esr, SystemRegisterName register)
    {
        if (esr.IsRead && ((uint)register & SystemRegisterKey.FeatureSpaceMask) == SystemRegisterKey.IdSpace
            && IdRegisterPolicy.TellsWhatIsMissing(SystemRegister.ReadIdRegister(IdRegisterPolicy.Mmfr2)))
            GuestException.AsTrapped(esr);
        else
            GuestException.Undefined();
        return false;
    }
}
