using System.Runtime.InteropServices;
using Bulkhead.Memory;

namespace Bulkhead.X86.Host;

/// <summary>
/// Tables in the hypervisor's own 2 MiB. Walks are coherent and see stores in order (SDM 3 4.10.4.3); each CPU has
/// tables of its own, so what this CPU remembers is all there is to forget.
/// </summary>
internal readonly unsafe struct HostTableOps : IPageTableOps
{
    public ulong Read(HostPhys entry) => System.Threading.Volatile.Read(ref *(ulong*)HypervisorLayout.ToVirtual(entry));

    public void Write(HostPhys entry, ulong value) => System.Threading.Volatile.Write(ref *(ulong*)HypervisorLayout.ToVirtual(entry), value);

    public void ZeroPage(HostPhys page) =>
        MemoryMarshal.CreateSpan(ref *(byte*)HypervisorLayout.ToVirtual(page), (int)PagePool.PageSize).Fill(0);

    public void Clean(HostPhys start, ulong bytes)
    {
    }

    public void CompleteWrites()
    {
    }

    public void Invalidate(ulong input) => Instruction.Invlpg(input);

    // All but global translations, of which there are none.
    public void InvalidateAll() => Register.WriteCr3(Register.ReadCr3());

    public void CompleteInvalidation()
    {
    }

    public void Synchronize()
    {
    }
}
