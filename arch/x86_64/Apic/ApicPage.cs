using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Apic;

/// <summary>The register page as hardware lays it out, a virtual-APIC page (SDM vol 3, 30.1.1) or backing page (APM vol 2, 15.29.4).</summary>
[InlineArray(1024)]
public struct ApicPage
{
    private uint _first;

    /// <summary>By <see cref="ApicRegister"/>'s offsets, modulo the page: none is out of range.</summary>
    [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint At(uint offset) => ref Unsafe.AddByteOffset(ref _first, (nuint)(offset & 0xffc));

    /// <summary>The word of ISR, TMR or IRR that has a vector's bit; no vector is out of range.</summary>
    [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint Word(uint register, uint vector) => ref Unsafe.AddByteOffset(ref _first, (nuint)(register + ((vector & 0xe0) >> 1)));
}
