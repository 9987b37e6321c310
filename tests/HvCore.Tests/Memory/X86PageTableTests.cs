using Bulkhead.X86.Memory;

namespace Bulkhead.Tests.Core;

/// <summary>A CPU with pages of 1 GiB and 46 physical bits.</summary>
public sealed class HostPageTableTests() : PageTableTests<FourLevelFormat>(
    FourLevelFormat.Host(X86Cpus.Large), HardwareWalks.LongMode(46));

/// <summary>A CPU without pages of 1 GiB, and with 40 physical bits.</summary>
public sealed class SmallHostPageTableTests() : PageTableTests<FourLevelFormat>(
    FourLevelFormat.Host(X86Cpus.Small), HardwareWalks.LongMode(40));

public sealed class NptPageTableTests() : PageTableTests<FourLevelFormat>(
    FourLevelFormat.Npt(X86Cpus.Large), HardwareWalks.Nested(46));

public sealed class SmallNptPageTableTests() : PageTableTests<FourLevelFormat>(
    FourLevelFormat.Npt(X86Cpus.Small), HardwareWalks.Nested(40));

public sealed class EptPageTableTests() : PageTableTests<FourLevelFormat>(
    FourLevelFormat.Ept(X86Cpus.Large, X86Cpus.LargeEpt), HardwareWalks.Extended(46));

public sealed class SmallEptPageTableTests() : PageTableTests<FourLevelFormat>(
    FourLevelFormat.Ept(X86Cpus.Small, X86Cpus.SmallEpt), HardwareWalks.Extended(40));
