using System;

namespace Bulkhead.Guests.Probe;

/// <summary>`probe: hello from NAME args ...`: NAME is the argument guest=, else the number the hypervisor gives.</summary>
internal static class Hello
{
    public static void Run()
    {
        Console.Write("probe: hello from "u8);
        ReadOnlySpan<byte> guest = Arguments.ValueOf("guest"u8);
        if (!guest.IsEmpty)
        {
            Console.Write(guest);
        }
        else if (Hypervisor.IsPresent)
        {
            Console.Write("guest-"u8);
            Console.WriteDecimal(Hypervisor.Call(Hypervisor.GuestIdentity, 0, 0));
        }
        else
        {
            Console.Write("bare"u8);
        }
        Console.Write(" args "u8);
        Console.WriteLine(Arguments.All);
    }
}
