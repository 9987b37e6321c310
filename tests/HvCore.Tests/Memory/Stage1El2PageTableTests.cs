using Bulkhead.Arm64.Memory;

namespace Bulkhead.Tests.Core;

public sealed class Stage1El2PageTableTests : PageTableTests<Stage1El2Format>;
