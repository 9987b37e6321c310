namespace Bulkhead.X86.Apic;

/// <summary>Delivery mode in the ICR and in the I/O APIC's redirection entries, bits 10:8 (SDM vol 3, 11.6.1; 82093AA 3.2.4).</summary>
public enum DeliveryMode : uint
{
    Fixed = 0,
    LowestPriority = 1,
    Smi = 2,
    Nmi = 4,
    Init = 5,
    StartUp = 6,
    ExtInt = 7,
}
