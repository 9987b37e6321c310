namespace Bulkhead.X86.Firmware;

/// <summary>Why a loader's information is not read.</summary>
public enum LoaderError
{
    None,
    /// <summary>Neither multiboot2's magic nor a PVH start block.</summary>
    NoLoader,
    /// <summary>The information contradicts itself or points to where nothing is.</summary>
    Damaged,
}
