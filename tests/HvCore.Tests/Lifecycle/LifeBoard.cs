using System;
using System.Linq;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>
/// The sample appliance at run time, one step of one CPU at a time: a CPU is in its guest, or parked in GuestLife.Run, or
/// has a kick to take. Whatever the order, no device of a guest is reset, and nothing of it loaded, while a CPU is in it.
/// </summary>
internal sealed class LifeBoard
{
    public readonly CoreBoard Board = new();
    private readonly bool[] _isInGuest = new bool[4];
    private readonly bool[] _isKicked = new bool[4];

    public LifeBoard()
    {
        Board.UseSample(Samples.Slot(2 << 20, [new(SegmentKind.Kernel, 0x4000_0000, [1, 2, 3, 4]), new(SegmentKind.BootInfo, 0x4020_0000, new byte[256])]));
        Board.Watch = Observe;
        Policy = new() { On = RestartReasons.All, DelayMilliseconds = 100, Limit = 0, WindowSeconds = 60 };
    }

    public ref RestartPolicy Policy => ref Board.Partitions[0].Entry.Restart;

    public GuestState State => (GuestState)Board.Partitions[0].State;

    public bool IsInGuest(int cpu) => _isInGuest[cpu];

    /// <summary>How often the guest was loaded and entered.</summary>
    public int Starts { get; private set; }

    public int Resets { get; private set; }

    /// <summary>Once, while the guest is loaded.</summary>
    public Action? Meanwhile { get; set; }

    public bool IsBoardReset { get; private set; }

    /// <summary>Whatever is due by itself: kicks and alarms are taken until nothing moves.</summary>
    public void Settle()
    {
        while (!IsBoardReset)
        {
            int cpu = Array.FindIndex(_isKicked, kicked => kicked);
            if (cpu < 0)
                cpu = Array.FindIndex(Board.Vcpus, vcpu => vcpu.Alarm != 0 && vcpu.Alarm <= Board.Time);
            if (cpu < 0)
                return;
            Take(cpu);
        }
    }

    /// <summary>A CPU takes what interrupts it.</summary>
    public void Take(int cpu)
    {
        _isKicked[cpu] = false;
        Deadlines<FakeArch>.Check(ref Board.Vcpus[cpu], Board.Time);
        if (!_isInGuest[cpu])
            Serve(cpu);
        else
            Step(cpu, () => GuestStop<FakeArch>.Check(ref Board.Vcpus[cpu], in Board.Partitions[0]));
    }

    /// <summary>On a CPU that is in the guest.</summary>
    public void Stop(int cpu, StopReason reason) => Step(cpu, () => GuestStop<FakeArch>.Stop(ref Board.Vcpus[cpu], reason));

    public void TurnOff(int cpu) => Step(cpu, () => VcpuLoop<FakeArch>.TurnOff(ref Board.Vcpus[cpu]));

    public TurnOnResult TurnOn(int vcpu) =>
        VcpuLoop<FakeArch>.TurnOn(ref Board.Partitions[0], (ulong)vcpu, new(0x4000_0000), 0);

    public void Request(GuestRequest request) => GuestLife<FakeArch>.Request(0, request);

    public void Serve(int cpu) => Step(cpu, () => GuestLife<FakeArch>.Run(ref Board.Vcpus[cpu]));

    private void Step(int cpu, Action step)
    {
        if (IsBoardReset)
            return;
        string? end = null;
        try
        {
            step();
        }
        catch (NoReturn where)
        {
            end = where.Message;
        }
        switch (end)
        {
            case "unwind":
                Serve(cpu);
                break;
            case "enter":
                Assert.False(_isInGuest[cpu]);
                _isInGuest[cpu] = true;
                if (cpu == 0)
                    Starts++;
                break;
            case "board reset":
                IsBoardReset = true;
                break;
            default:
                Assert.True(end is "park" or null, end);
                break;
        }
    }

    private void Observe(string what)
    {
        string[] call = what.Split(' ');
        switch (call[0])
        {
            case "kick":
                _isKicked[int.Parse(call[1])] = true;
                break;
            case "quiesce":
                _isInGuest[int.Parse(call[1])] = false;
                break;
            case "reset" when call[1] == "guest":
                Assert.False(_isInGuest[0] || _isInGuest[1], "a guest was reset with a CPU in it");
                Assert.All(Board.Vcpus.Take(2), vcpu => Assert.Equal((int)VcpuPower.Off, vcpu.Power));
                Resets++;
                break;
            case "publish" or "begin":
                Assert.False(_isInGuest[0] || _isInGuest[1], "a guest was loaded with a CPU in it");
                Action? meanwhile = Meanwhile;
                Meanwhile = null;
                meanwhile?.Invoke();
                break;
        }
    }
}
