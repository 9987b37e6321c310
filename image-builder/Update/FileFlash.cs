using Bulkhead.Update;
using Microsoft.Win32.SafeHandles;

namespace Bulkhead.ImageBuilder.Update;

/// <summary>An image's file as the board's flash: erased bytes are ones, a program only clears bits.</summary>
internal readonly struct FileFlash(SafeFileHandle file) : IFlash
{
    public bool TryRead(ulong offset, Span<byte> room)
    {
        for (int done = 0; done < room.Length;)
        {
            int count = RandomAccess.Read(file, room[done..], (long)offset + done);
            if (count == 0)
                return false;
            done += count;
        }
        return true;
    }

    public bool TryErase(ulong offset)
    {
        byte[] ones = new byte[IFlash.EraseBlock];
        ones.AsSpan().Fill(0xff);
        RandomAccess.Write(file, ones, (long)offset);
        return true;
    }

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes)
    {
        byte[] kept = new byte[bytes.Length];
        if (!TryRead(offset, kept))
            return false;
        for (int i = 0; i < kept.Length; i++)
            kept[i] &= bytes[i];
        RandomAccess.Write(file, kept, (long)offset);
        return true;
    }

    public bool TryFlush()
    {
        RandomAccess.FlushToDisk(file);
        return true;
    }
}
