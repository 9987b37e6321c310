using System.Text;
using Bulkhead.ImageBuilder.BlackBox;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>Puts the routine's name behind each address of a backtrace among the hypervisor's lines; all else passes as it comes.</summary>
/// <param name="symbols">None: nothing is added.</param>
public sealed class BacktraceNames(BoxSymbols? symbols, ConsoleSink next)
{
    private const int Longest = 40;

    // The hypervisor's present line, while it may still be one of a backtrace.
    private readonly StringBuilder _line = new();

    public void Put(string source, ReadOnlySpan<byte> bytes)
    {
        if (symbols is null || source != ConsoleDemultiplexer.Hypervisor)
        {
            next(source, bytes);
            return;
        }
        int start = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] is not ((byte)'\r' or (byte)'\n'))
            {
                if (_line.Length <= Longest)
                    _line.Append((char)bytes[i]);
                continue;
            }
            if (_line.Length != 0 && symbols.Named(_line.ToString()) is { } name)
            {
                next(source, bytes[start..i]);
                next(source, Encoding.ASCII.GetBytes(name));
                start = i;
            }
            _line.Clear();
        }
        if (start < bytes.Length)
            next(source, bytes[start..]);
    }
}
