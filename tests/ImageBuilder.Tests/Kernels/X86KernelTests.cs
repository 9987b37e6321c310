using System.Buffers.Binary;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Kernels;

public class X86KernelTests
{
    [Fact]
    public void ElfIsEnteredByItsNote()
    {
        byte[] file = new ElfKernel { Entry = 0x10_0002 }.Bytes();
        Assert.Null(X86Kernel.Refusal(file));
        X86Kernel kernel = X86Kernel.Read(file);
        Assert.Equal((EntryKind.Pvh, 0x10_0002ul), (kernel.EntryKind, kernel.Entry));
        Assert.Equal([0x10_0000ul, 0x20_0000ul], kernel.Segments.Select(segment => segment.Load));
        Assert.Equal([0xf4, 1, 2, 3], kernel.Segments[0].Content);
        Assert.Equal(new AddressRange(0x10_0000, 0x10_0008), kernel.Memory);
    }

    [Fact]
    public void LinuxIsEnteredWhereItsFileSays()
    {
        X86Kernel kernel = X86Kernel.ReadLinux(new ElfKernel { FileEntry = 0x10_0003 }.Bytes());
        Assert.Equal((EntryKind.Linux64, 0x10_0003ul, 2), (kernel.EntryKind, kernel.Entry, kernel.Segments.Count));
        Assert.Contains("in none of its segments", Assert.Throws<BuildException>(() => X86Kernel.ReadLinux(new ElfKernel { FileEntry = 0x10_0004 }.Bytes())).Message);
    }

    public static TheoryData<string, byte[]> Refused => new()
    {
        { "is empty", [] },
        { "neither an ELF file nor a bzImage", [.. "MZ"u8, .. new byte[1000]] },
        { "not one of x86-64", new ElfKernel { Machine = 183 }.Bytes() },
        { "not one of x86-64", new ElfKernel { Class = 1 }.Bytes() },
        { "no PVH note", new ElfKernel { NoteName = "Abc" }.Bytes() },
        { "no PVH note", new ElfKernel { NoteType = 17 }.Bytes() },
        { "in none of its segments", new ElfKernel { Entry = 0x10_0004 }.Bytes() },
        { "a segment outside the file", new ElfKernel { DataOffset = 1 << 20 }.Bytes() },
        { "from 1 MiB to 3 GiB", new ElfKernel { Load = 0xf_0000, Entry = 0xf_0000 }.Bytes() },
        { "from 1 MiB to 3 GiB", new ElfKernel { DataLoad = 0xbfff_fffc }.Bytes() },
        { "from 1 MiB to 3 GiB", new ElfKernel { TextMemory = 3 }.Bytes() },
        { "without a 64-bit entry", BzImageFile.Make([1], version: 0x20b) },
        { "without a 64-bit entry", BzImageFile.Make([1], loadFlags: 0) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatCannotBeStartedIsRefused(string why, byte[] file) => Assert.Contains(why, X86Kernel.Refusal(file));

    [Fact]
    public void EveryTruncationAndEveryByteOfDamageIsAnswered()
    {
        byte[] file = new ElfKernel().Bytes();
        for (int length = 0; length < file.Length; length++)
            X86Kernel.Refusal(file.AsSpan(0, length));
        for (int at = 0; at < file.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7f, 0xff })
            {
                byte[] damaged = [.. file];
                damaged[at] = value;
                X86Kernel.Refusal(damaged);
            }
        }
    }

    [Fact]
    public void BzImageIsTakenWholeAndEnteredIn64Bits()
    {
        byte[] file = BzImageFile.Make([1, 2, 3]);
        Assert.Null(X86Kernel.Refusal(file));
        X86Kernel kernel = X86Kernel.Read(file);
        Assert.Equal((EntryKind.Linux64, BzImageFile.Load + 0x200), (kernel.EntryKind, kernel.Entry));
        Assert.Equal(file[(5 * 512)..], Assert.Single(kernel.Segments).Content);
        Assert.Equal(new AddressRange(BzImageFile.Load, BzImageFile.InitSize), kernel.Memory);
    }

    [Theory]
    [InlineData("gzip", "-c")]
    [InlineData("xz", "-c")]
    [InlineData("zstd", "-c")]
    [InlineData("lz4", "-lc")]
    [InlineData(null, "")]
    public void KernelProperIsUnpacked(string? tool, string option)
    {
        byte[] kernel = [.. new ElfKernel { Text = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * i >> 7))] }.Bytes()];
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, kernel.Length);
        byte[] payload = tool is null ? kernel : [.. Tool.Filter(tool, [option], kernel), .. tool == "gzip" ? [] : size];
        Assert.Equal(kernel, BzImage.Unpack(BzImageFile.Make(payload)));
    }

    [Fact]
    public void PayloadOfUnknownKindIsNamed() =>
        Assert.Contains("it begins 01020304", Assert.Throws<BuildException>(() => BzImage.Unpack(BzImageFile.Make([1, 2, 3, 4, 5, 6, 7, 8]))).Message);
}
