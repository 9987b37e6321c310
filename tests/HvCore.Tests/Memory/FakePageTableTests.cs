using Bulkhead.Tests.Fake;

namespace Bulkhead.Tests.Core;

public sealed class FakePageTableTests() : PageTableTests<FakeFormat>(default, HardwareWalks.Fake);
