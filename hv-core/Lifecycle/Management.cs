using System;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Lifecycle;

/// <summary>
/// The management console (docs/abi.md): a line after Ctrl-T m on the board's UART, and lines of the hypervisor as the
/// answer. Whoever has the UART is believed; a manifest may switch it off.
/// </summary>
public static class Management<TArch> where TArch : struct, IArch
{
    /// <summary>On the CPU that the line came to.</summary>
    /// <param name="here">That CPU's.</param>
    public static void Obey(ReadOnlySpan<byte> line, ref VcpuCore here)
    {
        if ((ApplianceTables.Flags & ApplianceFlags.Management) == 0)
        {
            Answer("error off"u8);
            return;
        }
        if (UpdateService.IsCommand(line))
        {
            Update(line, ref here);
            return;
        }
        int space = 0;
        while (space < line.Length && line[space] != (byte)' ')
            space++;
        ReadOnlySpan<byte> command = line.Slice(0, space);
        ReadOnlySpan<byte> name = space == line.Length ? default : line.Slice(space + 1);
        if (command.SequenceEqual("list"u8) && name.Length == 0)
        {
            for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
                Say(guest);
            Answer("ok"u8);
            return;
        }
        GuestRequest request = RequestOf(command);
        int wanted = Find(name);
        if (request == GuestRequest.None)
            Answer("error unknown-command"u8);
        else if (wanted < 0)
            Answer("error unknown-guest"u8);
        else
        {
            GuestLife<TArch>.Request(wanted, request);
            Answer("ok"u8);
        }
    }

    private static void Update(ReadOnlySpan<byte> line, ref VcpuCore here)
    {
        BoardAnswer<TArch> answer = default;
        // A load that this interrupt came into has half a stack of tables; a signature's arithmetic needs as much.
        if (here.Guest >= 0 && here.Index == 0 && GuestLife<TArch>.StateOf(in TArch.Partition(here.Guest)) == GuestState.Loading)
            UpdateService.Refuse(ServiceError.Busy, ref answer);
        else
            BoardUpdateService<TArch>.Obey(line, default, ref answer);
    }

    private static GuestRequest RequestOf(ReadOnlySpan<byte> command)
    {
        if (command.SequenceEqual("stop"u8))
            return GuestRequest.Stop;
        if (command.SequenceEqual("start"u8))
            return GuestRequest.Start;
        return command.SequenceEqual("restart"u8) ? GuestRequest.Restart : GuestRequest.None;
    }

    private static int Find(ReadOnlySpan<byte> name)
    {
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
        {
            if (NameRules.BytesOf(in ApplianceTables.Guest(guest).Name).SequenceEqual(name))
                return guest;
        }
        return -1;
    }

    // The guest, its state, how often it was started, and what ended one that is off for good.
    private static void Say(int guest)
    {
        ref PartitionCore partition = ref TArch.Partition(guest);
        LogLine line = default;
        line.Add("manage: guest "u8);
        line.AddName(in partition.Entry.Name);
        line.Add((byte)' ');
        line.Add(TextList.At(States, (int)GuestLife<TArch>.StateOf(in partition)));
        line.Add(" starts "u8);
        line.AddDecimal(partition.Starts);
        if (GuestLife<TArch>.StateOf(in partition) == GuestState.Stopped)
        {
            line.Add(" ended "u8);
            line.Add(EndOf((StopReason)partition.Reason));
        }
        HypervisorLog<TArch>.Write(ref line);
    }

    private static ReadOnlySpan<byte> EndOf(StopReason reason) => RestartReason.Of(reason) switch
    {
        RestartReasons.Off => "off"u8,
        RestartReasons.Reset => "reset"u8,
        RestartReasons.Watchdog => "watchdog"u8,
        RestartReasons.Crash => "crash"u8,
        _ => "package"u8,
    };

    internal static void Answer(ReadOnlySpan<byte> what)
    {
        LogLine line = default;
        line.Add("manage: "u8);
        line.Add(what);
        HypervisorLog<TArch>.Write(ref line);
    }

    // In GuestState's order.
    private static ReadOnlySpan<byte> States => "waiting\0running\0stopping\0delayed\0loading\0held\0stopped\0"u8;
}
