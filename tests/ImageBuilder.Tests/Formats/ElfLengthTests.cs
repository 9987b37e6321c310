using Bulkhead.ImageBuilder.Formats;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Formats;

public sealed class ElfLengthTests
{
    /// <summary>Of a real file: the program that runs the tests.</summary>
    private static readonly byte[] s_file = File.ReadAllBytes(Environment.ProcessPath!);

    [Fact]
    public void A_file_ends_where_it_does_in_any_room()
    {
        Assert.Equal(s_file.Length, ElfLength.Of(s_file));
        Assert.Equal(s_file.Length, ElfLength.Of([.. s_file, .. new byte[5000]]));
        Assert.Null(ElfLength.Of(s_file.AsSpan(0, s_file.Length - 1)));
    }

    [Fact]
    public void Rubbish_is_no_file()
    {
        Assert.Null(ElfLength.Of(default));
        Assert.Null(ElfLength.Of(new byte[5000]));
        Random random = new(1);
        for (int i = 0; i < 1000; i++)
        {
            byte[] header = s_file[..4096];
            random.NextBytes(header.AsSpan(random.Next(4, 64)));
            Assert.True(ElfLength.Of(header) is null or > 0);
        }
    }
}
