using System;
using Bulkhead.Devices;

namespace Bulkhead.Lifecycle;

/// <summary>The update service as a control guest's lines reach it.</summary>
public readonly struct UpdateLines<TArch> : ILineService where TArch : struct, IArch
{
    public static void Obey(ReadOnlySpan<byte> line, ref ControlAnswer answer) => BoardUpdateService<TArch>.Obey(line, ref answer);
}
