using Bulkhead.ImageBuilder.Bench;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Bench;

public class BochsExitLogTests
{
    [Fact]
    public void ExitsAreCountedByTheirReason() => Assert.Equal(
        [("CPUID", 3), ("RDMSR", 2), ("AMD-V 1fh", 1), ("WRMSR", 1)],
        BochsExitLog.Count(
        [
            "00428571234d[CPU0  ] VMEXIT reason = 10 (CPUID) qualification=0x0",
            "00428571235d[CPU1  ] VMEXIT reason = 10 (CPUID) qualification=0x0",
            "00428571300d[CPU0  ] VMEXIT reason = 31 (RDMSR) qualification=0x0",
            "00428571301d[CPU0  ] SVM VMEXIT reason=114 exitinfo1=0000000000000000 exitinfo2=0000000000000000",
            "00428571301d[CPU0  ] SVM VMEXIT reason=124 exitinfo1=0000000000000000 exitinfo2=0000000000000000",
            "00428571301d[CPU0  ] SVM VMEXIT reason=124 exitinfo1=0000000000000001 exitinfo2=0000000000000000",
            "00428571301d[CPU0  ] SVM VMEXIT reason=31 exitinfo1=0000000000000000 exitinfo2=0000000000000000",
            "00428571302e[CPU0  ] VMEXIT: EPT violation for guest paddr 0x0000fee00000 laddr 0x1000",
            "00428571303i[CPU0  ] WARNING: VMEXIT reason = 10 (CPUID) in somebody else's words",
        ]));
}
