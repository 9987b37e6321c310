using System.Text;
using Bulkhead.ImageBuilder.Qemu;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public class QuietAnswersTests
{
    /// <summary>However the bytes are cut: what others asked is not shown, everything else is.</summary>
    [Fact]
    public void Answers_to_others_are_not_shown()
    {
        const string Wire = "app: starts\r\nmanage: ok 12\r\nmanages\r\nman\r\nmanage: \r\n";
        for (int seed = 0; seed < 50; seed++)
        {
            foreach (bool isAsked in new[] { true, false })
            {
                StringBuilder shown = new();
                QuietAnswers filter = new(() => isAsked, (_, bytes) => shown.Append(Encoding.ASCII.GetString(bytes)));
                Random random = new(seed);
                for (int done = 0; done < Wire.Length;)
                {
                    int count = Math.Min(random.Next(1, 12), Wire.Length - done);
                    filter.Put("bulkhead", Encoding.ASCII.GetBytes(Wire.Substring(done, count)));
                    done += count;
                }
                Assert.Equal(isAsked ? "app: starts\r\nmanages\r\nman\r\n" : Wire, shown.ToString());
            }
        }
    }
}
