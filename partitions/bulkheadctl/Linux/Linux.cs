using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.ControlTool;

/// <summary>The system calls that are needed; each gives its result, or -errno.</summary>
internal static unsafe class Linux
{
    public const int StandardInput = 0, StandardOutput = 1, StandardError = 2;
    public const uint ReadOnly = 0, ReadWrite = 2, NoControllingTerminal = 0x100, Synchronous = 0x101000;
    public const int Interrupted = -4, WouldBlock = -11;

    private const int AtWorkingDirectory = -100;
    private const int PollIn = 1;
    // <asm-generic/ioctls.h>
    private const ulong GetAttributes = 0x5401, SetAttributes = 0x5402;
    private const ulong LockExclusive = 2, LockNow = 4;

    /// <param name="path">A zero is its last byte, or the one behind it.</param>
    public static int Open(ReadOnlySpan<byte> path, uint flags) =>
        (int)Call(LinuxCall.OpenAt, unchecked((ulong)(long)AtWorkingDirectory), AddressOf(path), flags, 0, 0, 0);

    public static void Close(int file) => Call(LinuxCall.Close, (ulong)file, 0, 0, 0, 0, 0);

    public static int Read(int file, Span<byte> room)
    {
        long count;
        do
            count = Call(LinuxCall.Read, (ulong)file, AddressOf(room), (ulong)room.Length, 0, 0, 0);
        while (count == Interrupted);
        return (int)count;
    }

    public static int ReadAt(int file, ulong offset, Span<byte> room) =>
        (int)Call(LinuxCall.PRead, (ulong)file, AddressOf(room), (ulong)room.Length, offset, 0, 0);

    /// <summary>All of it; false when the file takes no more.</summary>
    public static bool Write(int file, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length != 0)
        {
            long count = Call(LinuxCall.Write, (ulong)file, AddressOf(bytes), (ulong)bytes.Length, 0, 0, 0);
            if (count <= 0 && count != Interrupted)
                return false;
            bytes = bytes.Slice(count > 0 ? (int)count : 0);
        }
        return true;
    }

    /// <summary>Whether there is something to read, at the latest when the time is over.</summary>
    public static bool WaitToRead(int file, int milliseconds)
    {
        ulong poll = (uint)file | (ulong)PollIn << 32;
        (long Seconds, long Nanoseconds) time = (milliseconds / 1000, milliseconds % 1000 * 1_000_000L);
        return Call(LinuxCall.PPoll, (ulong)&poll, 1, (ulong)&time, 0, 0, 0) > 0;
    }

    public static bool IsTerminal(int file)
    {
        TerminalAttributes attributes = default;
        return Call(LinuxCall.IoCtl, (ulong)file, GetAttributes, (ulong)&attributes, 0, 0, 0) == 0;
    }

    public static bool SetTerminal(int file, TerminalAttributes attributes) =>
        Call(LinuxCall.IoCtl, (ulong)file, SetAttributes, (ulong)&attributes, 0, 0, 0) == 0;

    /// <summary>Whether nobody else has it locked; the lock ends with the process.</summary>
    public static bool TryLock(int file) => Call(LinuxCall.FLock, (ulong)file, LockExclusive | LockNow, 0, 0, 0, 0) == 0;

    /// <summary>Null when it cannot be mapped.</summary>
    public static byte* Map(int file, ulong offset, ulong bytes)
    {
        long address = Call(LinuxCall.MMap, 0, bytes, 3, 1, (ulong)file, offset);
        return address is < 0 and > -4096 ? null : (byte*)address;
    }

    public static void Exit(int code) => Call(LinuxCall.ExitGroup, (ulong)code, 0, 0, 0, 0, 0);

    private static ulong AddressOf(ReadOnlySpan<byte> bytes) => (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Linux_Call")]
    private static extern long Call(ulong number, ulong a, ulong b, ulong c, ulong d, ulong e, ulong f);
}
