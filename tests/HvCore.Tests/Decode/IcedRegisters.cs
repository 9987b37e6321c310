using Bulkhead.X86.Decode;
using Iced.Intel;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>Iced's names for registers and this code's indices.</summary>
internal static class IcedRegisters
{
    /// <summary>0 to 15; AH to BH are 0 to 3.</summary>
    public static int Index(Register register) =>
        register is >= Register.AH and <= Register.BH ? register - Register.AH : register.GetFullRegister() - Register.RAX;

    public static ulong Read(in GuestRegisters registers, Register register) =>
        register is Register.RIP or Register.EIP
            ? registers.Rip
            : registers[(byte)Index(register)] & GuestRegisters.Mask((uint)register.GetSize());

    public static Segment Segment(Register register) => (Segment)(register - Register.ES);
}
