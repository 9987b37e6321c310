using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Update;

namespace Bulkhead.Lifecycle;

/// <summary>
/// Where the board's update service answers: to a control guest, or on the management console. One type for both, so that
/// the service exists once.
/// </summary>
/// <param name="control">The null reference for the console.</param>
public readonly ref struct BoardAnswer<TArch>(ref ControlAnswer control) : IAnswer where TArch : struct, IArch
{
    private readonly ref ControlAnswer _control = ref control;

    public void Say(ref LogLine line)
    {
        if (Unsafe.IsNullRef(ref _control))
            Management<TArch>.Answer(line.Bytes);
        else
            _control.Say(ref line);
    }
}
