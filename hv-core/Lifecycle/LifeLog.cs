using System;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.Lifecycle;

/// <summary>The lines that say what a policy decided.</summary>
internal static class LifeLog<TArch> where TArch : struct, IArch
{
    /// <param name="partition">Which guest.</param>
    /// <param name="count">The restart's number within the window.</param>
    public static void Restart(in PartitionCore partition, uint count)
    {
        ref readonly RestartPolicy policy = ref partition.Entry.Restart;
        LogLine line = default;
        line.AddName(in partition.Entry.Name);
        line.Add(": restarts in "u8);
        line.AddDecimal(policy.DelayMilliseconds);
        line.Add(" ms"u8);
        if (policy.Limit != 0)
        {
            line.Add(" ("u8);
            line.AddDecimal(count);
            line.Add(" of "u8);
            AddLimit(ref line, in policy);
            line.Add((byte)')');
        }
        HypervisorLog<TArch>.Write(ref line);
    }

    public static void LimitReached(in PartitionCore partition)
    {
        ref readonly RestartPolicy policy = ref partition.Entry.Restart;
        LogLine line = default;
        line.AddName(in partition.Entry.Name);
        line.Add(": was restarted "u8);
        AddLimit(ref line, in policy);
        line.Add(" already"u8);
        HypervisorLog<TArch>.Write(ref line);
    }

    /// <param name="partition">Which guest.</param>
    /// <param name="tries">What is left of them after this one.</param>
    public static void Trial(in PartitionCore partition, byte tries)
    {
        LogLine line = default;
        line.AddName(in partition.Entry.Name);
        line.Add(": its update is on trial, to be confirmed within "u8);
        line.AddDecimal(partition.Entry.Update.ConfirmMilliseconds);
        line.Add(" ms; tries left "u8);
        line.AddDecimal(tries);
        HypervisorLog<TArch>.Write(ref line);
    }

    public static void Board(ReadOnlySpan<byte> what)
    {
        LogLine line = default;
        line.Add("hypervisor or appliance table: "u8);
        line.Add(what);
        HypervisorLog<TArch>.Write(ref line);
    }

    private static void AddLimit(ref LogLine line, in RestartPolicy policy)
    {
        line.AddDecimal(policy.Limit);
        line.Add(" times in "u8);
        line.AddDecimal(policy.WindowSeconds);
        line.Add(" s"u8);
    }
}
