using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Lifecycle;

/// <summary>Brings a guest's assigned devices to rest when it has ended, by the steps that the board file gives for them (`reset`).</summary>
internal static class DeviceReset<TArch> where TArch : struct, IArch
{
    /// <summary>On the guest's leading CPU, all its CPUs out of it. A device that does not answer is told of, and the steps go on.</summary>
    public static void Run(ref VcpuCore vcpu, in PartitionCore partition)
    {
        for (int i = 0; i < partition.Entry.ResetStepCount; i++)
        {
            ref readonly ResetStep step = ref ApplianceTables.Table.ResetStep[partition.Entry.FirstResetStep + i];
            if (step.Action == ResetAction.Write)
                Write(in step);
            else if (!TryWait(ref vcpu, in step))
                Report(in partition, in step);
        }
    }

    private static void Write(in ResetStep step)
    {
        uint others = step.Mask == uint.MaxValue ? 0 : TArch.ReadDevice(step.Register) & ~step.Mask;
        TArch.WriteDevice(step.Register, others | step.Value);
    }

    // The register is read once more after the time is over: whoever held this CPU up, the device had its time.
    private static bool TryWait(ref VcpuCore vcpu, in ResetStep step)
    {
        ulong end = TArch.Now() + step.Microseconds * TArch.ClockHertz / 1_000_000;
        while (true)
        {
            bool isOver = (long)(TArch.Now() - end) >= 0;
            if ((TArch.ReadDevice(step.Register) & step.Mask) == step.Value)
                return true;
            if (isOver)
                return false;
            TArch.Serve(ref vcpu);
        }
    }

    private static void Report(in PartitionCore partition, in ResetStep step)
    {
        LogLine line = default;
        line.AddName(in partition.Entry.Name);
        line.Add(": a device is not at rest: its register "u8);
        line.AddHex(step.Register.Value);
        line.Add(" is "u8);
        line.AddHex(TArch.ReadDevice(step.Register));
        HypervisorLog<TArch>.Write(ref line);
    }
}
