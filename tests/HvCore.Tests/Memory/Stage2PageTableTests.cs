using Bulkhead.Arm64.Memory;

namespace Bulkhead.Tests.Core;

public sealed class Stage2PageTableTests : PageTableTests<Stage2Format>;
