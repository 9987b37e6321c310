using Bulkhead.Arm64.Memory;

namespace Bulkhead.Tests.Core;

public sealed class Stage1El2PageTableTests() : PageTableTests<Vmsav8Format>(Vmsav8Format.El2(new(4), 39), HardwareWalks.El2);
