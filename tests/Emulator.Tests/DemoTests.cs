using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>The demo: two stock Debian kernels and pulse, from the flash image at reset.</summary>
[Collection("emulator")]
public class DemoTests
{
    private static readonly string[] Expectations =
    [
        "--expect", "gateway=gateway is up, 2 CPUs online", "--expect", "app=app is up, 1 CPUs online",
        "--expect", "gateway=# ", "--send", "gateway=echo $((6*7)); uname -m\\n", "--expect", "gateway=42[\\r\\n]+aarch64",
        "--expect", "app=# ", "--send", "app=echo $((6*9)); hostname\\n", "--expect", "app=54[\\r\\n]+app",
        "--expect", "pulse=pulse: t=\\d+s periods=\\d+ misses=\\d+",
    ];

    [Theory]
    [InlineData("cortex-a57")]
    [InlineData("max")]
    public void Both_shells_answer_and_pulse_reports(string cpu)
    {
        (int exit, string output) = Board.Bulkhead(["run", "--timeout", "240", .. Expectations, "--", "-cpu", cpu]);
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("BUG:", output);
    }

    [Fact]
    public void The_same_image_starts_from_RAM()
    {
        (int exit, string output) = Board.Bulkhead(
            "run", "--via-kernel", "--timeout", "180", "--expect", "gateway=gateway is up, 2 CPUs online", "--expect", "app=app is up", "--expect", "pulse=misses=");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void What_was_not_seen_is_named()
    {
        (int exit, string output) = Board.Bulkhead("run", "--timeout", "3", "--expect", "pulse=never says this");
        Assert.Equal(6, exit);
        Assert.Contains("not seen: pulse=never says this", output);
    }
}
