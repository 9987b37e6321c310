using System;
using Bulkhead.Devices;
using Bulkhead.Update;

namespace Bulkhead.Lifecycle;

/// <summary>The update service as a control guest's lines reach it.</summary>
public readonly struct UpdateLines<TArch> : ILineService where TArch : struct, IArch
{
    public static void Obey(ReadOnlySpan<byte> line, ForeignBytes data, ref ControlAnswer answer)
    {
        BoardAnswer<TArch> control = new(ref answer);
        BoardUpdateService<TArch>.Obey(line, data, ref control);
    }
}
