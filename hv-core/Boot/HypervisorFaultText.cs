using System;

namespace Bulkhead.Boot;

/// <summary>Goes on after "hypervisor slot a ".</summary>
public static class HypervisorFaultText
{
    public static ReadOnlySpan<byte> Of(HypervisorFault fault) => fault switch
    {
        HypervisorFault.Missing => "holds no hypervisor"u8,
        HypervisorFault.BadDigest => "has a header that does not match its digest"u8,
        HypervisorFault.BadSignature => "is not signed by a root key that this board knows"u8,
        HypervisorFault.BadSize => "says a size that does not fit"u8,
        HypervisorFault.Downgrade => "has a lower rollback index than one that was confirmed"u8,
        HypervisorFault.Unreadable => "cannot be read"u8,
        HypervisorFault.NoProgram => "is no program for this board"u8,
        _ => "has another digest than its header says"u8,
    };
}
