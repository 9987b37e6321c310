using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>A guest's devices between two of its lives: every step of the recipe, in its order, by its own accesses and no others.</summary>
[Collection(CoreBoard.Tests)]
public class DeviceResetTests
{
    private const ulong Device = 0x0901_0000;
    private const int Registers = 8;
    private static readonly Config Much = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void Any_recipe_leaves_what_its_steps_say() => Check.One(Much, Prop.ForAll<int[]>(seeds =>
    {
        LifeBoard life = new();
        FakeDevice device = life.Board.Device = new(Device, Registers);
        uint[] model = [.. Enumerable.Range(0, Registers).Select(i => (uint)i * 0x9e37_79b9)];
        model.CopyTo(device.Registers, 0);
        List<(ulong, uint?)> accesses = [];
        ref GuestEntry guest = ref life.Board.Partitions[0].Entry;
        guest.FirstResetStep = 3;
        foreach (int seed in seeds.Take(ApplianceTable.MaxResetSteps - guest.FirstResetStep))
        {
            ResetStep step = Step((uint)seed);
            life.Board.Table.ResetStep[guest.FirstResetStep + guest.ResetStepCount++] = step;
            int register = (int)(step.Register.Value - Device) / 4;
            if (step.Action == ResetAction.Poll)
                continue;
            if (step.Mask != uint.MaxValue)
                accesses.Add((step.Register.Value, null));
            model[register] = model[register] & ~step.Mask | step.Value;
            accesses.Add((step.Register.Value, model[register]));
        }
        life.Serve(0);
        bool isUntouched = device.Accesses.Count == 0;
        life.Stop(0, StopReason.SystemReset);
        life.Settle();
        // How often a poll reads is a matter of time.
        HashSet<ulong> polled = [.. Steps(life).Where(step => step.Action == ResetAction.Poll).Select(step => step.Register.Value)];
        return isUntouched && device.Registers.SequenceEqual(model)
            && device.Accesses.Where(access => access.Written is not null).SequenceEqual(accesses.Where(access => access.Item2 is not null))
            && device.Accesses.Where(access => !polled.Contains(access.Address)).SequenceEqual(accesses.Where(access => !polled.Contains(access.Item1)));
    }));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    public void It_waits_for_a_device_and_goes_on_at_once(int reads)
    {
        LifeBoard life = new();
        FakeDevice device = life.Board.Device = new(Device, Registers);
        Use(life, [Poll(0, 0x80, 0x80, 10_000), Write(1, 7)]);
        life.Serve(0);
        int left = reads;
        int served = life.Board.Served;
        device.Lives = () => device.Registers[0] = left-- <= 0 ? 0x1080u : 0x1000u;
        life.Stop(0, StopReason.SystemReset);
        life.Settle();
        Assert.Equal([.. Enumerable.Repeat((Device, (uint?)null), reads + 1), (Device + 4, 7)], device.Accesses);
        Assert.Equal(reads, life.Board.Served - served);
        Assert.DoesNotContain(life.Board.Lines(), line => line.Contains("not at rest"));
    }

    [Fact]
    public void One_that_does_not_come_to_rest_is_told_of_and_holds_nobody_up()
    {
        LifeBoard life = new();
        FakeDevice device = life.Board.Device = new(Device, Registers);
        Use(life, [Poll(2, 1, 0, 1000), Write(3, 5)]);
        device.Registers[2] = 3;
        life.Serve(0);
        ulong before = life.Board.Time;
        life.Stop(0, StopReason.SystemReset);
        life.Settle();
        // A millisecond, and what the stop itself takes.
        Assert.InRange(life.Board.Time - before, CoreBoard.Frequency / 1000, CoreBoard.Frequency / 1000 + 200);
        Assert.Contains("gateway: a device is not at rest: its register 0x9010008 is 0x3", life.Board.Lines());
        Assert.Equal(5u, device.Registers[3]);
        life.Board.Time += CoreBoard.Frequency;
        life.Settle();
        Assert.Equal((GuestState.Running, 2), (life.State, life.Starts));
    }

    [Fact]
    public void It_runs_before_the_guests_interrupts_are_quieted_and_at_every_end()
    {
        LifeBoard life = new();
        FakeDevice device = life.Board.Device = new(Device, Registers);
        Use(life, [Write(0, 1)]);
        life.Serve(0);
        int written = 0;
        life.Board.Watch += call => written += call == "reset guest 0" && device.Accesses.Count == written + 1 ? 1 : 0;
        life.Policy.On = RestartReasons.None;
        life.Stop(0, StopReason.SystemOff);
        life.Settle();
        Assert.Equal((GuestState.Stopped, 1), (life.State, written));
    }

    private static void Use(LifeBoard life, ResetStep[] steps)
    {
        ref GuestEntry guest = ref life.Board.Partitions[0].Entry;
        guest.ResetStepCount = (ushort)steps.Length;
        for (int i = 0; i < steps.Length; i++)
            life.Board.Table.ResetStep[i] = steps[i];
    }

    private static ResetStep[] Steps(LifeBoard life)
    {
        GuestEntry guest = life.Board.Partitions[0].Entry;
        ResetStep[] steps = new ResetStep[guest.ResetStepCount];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = life.Board.Table.ResetStep[guest.FirstResetStep + i];
        return steps;
    }

    private static ResetStep Write(int register, uint value, uint mask = uint.MaxValue) =>
        new() { Register = new(Device + 4 * (ulong)register), Mask = mask, Value = value, Action = ResetAction.Write };

    private static ResetStep Poll(int register, uint mask, uint value, uint microseconds) =>
        new() { Register = new(Device + 4 * (ulong)register), Mask = mask, Value = value, Action = ResetAction.Poll, Microseconds = microseconds };

    private static ResetStep Step(uint seed)
    {
        uint choice = seed * 2654435761, mask = (choice & 3) == 0 ? uint.MaxValue : (choice >> 8) | 1;
        int register = (int)(choice >> 4) % Registers;
        return (choice >> 30) == 0 ? Poll(register, mask, choice & mask, 1) : Write(register, choice * 7 & mask, mask);
    }
}
