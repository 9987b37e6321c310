using System;

namespace Bulkhead.Devices;

/// <summary>The update service as a control guest's lines reach it. Nothing is behind it yet.</summary>
public readonly struct UpdateLines : ILineService
{
    public static void Obey(ReadOnlySpan<byte> line, ref ControlAnswer answer)
    {
        // Our own, which a terminal sends back as long as nobody has told it not to.
        if (line.Length < 5 || !line.Slice(0, 5).SequenceEqual("error"u8))
            answer.Add("error no-updates\n"u8);
    }
}
