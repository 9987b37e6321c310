using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>hv-core/Build/Sha256.x86_64.S on the CPU that the tests run on, where it has the instructions.</summary>
public sealed unsafe class Sha256X64Tests : IDisposable
{
    private static readonly uint[] _initial =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-sha256-").FullName;
    private readonly nint _library;

    public Sha256X64Tests()
    {
        string file = Path.Combine(_folder, "sha256.so");
        string source = Path.Combine(Root(), "hv-core/Build/Sha256.x86_64.S");
        using Process clang = Process.Start("clang", ["--target=x86_64-linux-gnu", "-fuse-ld=lld", "-nostdlib", "-shared", "-o", file, source]);
        clang.WaitForExit();
        Assert.Equal(0, clang.ExitCode);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            _library = NativeLibrary.Load(file);
    }

    public void Dispose()
    {
        if (_library != 0)
            NativeLibrary.Free(_library);
        Directory.Delete(_folder, true);
    }

    [Fact]
    public void Agrees_with_the_library_on_any_message()
    {
        if (_library == 0 || !IsPresent())
            return;
        var compress = (delegate* unmanaged<uint*, byte*, nuint, byte*, void>)NativeLibrary.GetExport(_library, "Sha256Blocks");
        Random random = new(1);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] message = new byte[random.Next(round % 100 == 0 ? 100_000 : 400)];
            random.NextBytes(message);
            byte[] padded = Pad(message);
            uint[] state = (uint[])_initial.Clone();
            // In two calls, split at any block.
            int first = random.Next(padded.Length / 64);
            fixed (uint* words = state)
            fixed (byte* data = padded)
            fixed (byte* constants = Sha256Rounds.Constants)
            {
                if (first != 0)
                    compress(words, data, (nuint)first, constants);
                compress(words, data + first * 64, (nuint)(padded.Length / 64 - first), constants);
            }
            byte[] digest = new byte[32];
            for (int i = 0; i < 8; i++)
                BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), state[i]);
            Assert.Equal(SHA256.HashData(message), digest);
        }
    }

    [Fact]
    public void Finds_the_instructions_where_CPUID_says_so()
    {
        if (_library == 0)
            return;
        var isPresent = (delegate* unmanaged<uint>)NativeLibrary.GetExport(_library, "HasSha256Instructions");
        Assert.Equal(IsPresent() ? 1u : 0u, isPresent());
    }

    private static bool IsPresent() =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ebx >> 29 & 1) != 0;

    private static byte[] Pad(byte[] message)
    {
        byte[] padded = new byte[(message.Length + 9 + 63) / 64 * 64];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(^8..), (ulong)message.Length * 8);
        return padded;
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Appliance.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run outside their checkout");
    }
}
