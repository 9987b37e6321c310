using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.ControlTool;

/// <summary>bulkheadctl: the update service from a control guest's command line (docs/updates.md).</summary>
internal static class Program
{
    private const int DataSize = 64 * 1024;

    [InlineArray(DataSize)]
    private struct DataRoom
    {
        private byte _first;
    }

    private static DataRoom _data;

    private static ReadOnlySpan<byte> Usage => """
        Speaks to the hypervisor's update service from the guest that has `role: control`.

          bulkheadctl slots [UNIT]           every unit, its slots, versions, digests, state, tries
          bulkheadctl update [--activate] FILE|-
                                             bring a bundle in, goes on where an interrupted one stands, and verify it
          bulkheadctl activate               put the verified bundle's units on trial
          bulkheadctl confirm [UNIT]         what is on trial works
          bulkheadctl rollback               back to what was confirmed
          bulkheadctl abort                  forget the bundle
          bulkheadctl status                 the bundle, and what is on trial
          bulkheadctl log                    the last things that updates did

        It goes by the mailbox, which /dev/mem reaches; where there is none, or with --uart, by the second UART: /dev/ttyAMA1,
        /dev/ttyS1, or what --device FILE says.
        Exit code: 0 done, 1 refused, 2 usage, 3 no answer, 4 bundle unreadable.

        """u8;

    [RuntimeExport("ProgramMain")]
    private static unsafe int Main(ulong* stack)
    {
        Arguments arguments = new(stack);
        if (!arguments.TryNext(out ReadOnlySpan<byte> command) || !arguments.TryNext(out ReadOnlySpan<byte> operand)
            || !arguments.TryNext(out ReadOnlySpan<byte> more) || more.Length != 0)
            return Explain(Linux.StandardError, ClientResult.Usage);
        if (command.SequenceEqual("help"u8))
            return Explain(Linux.StandardOutput, ClientResult.Ok);
        if (command.SequenceEqual("update"u8) ? operand.Length == 0 : !IsSound(command, operand.Length != 0))
            return Explain(Linux.StandardError, ClientResult.Usage);

        ServiceClient<MailboxChannel<MappedMailbox>, Terminal> quick = default;
        if (!arguments.Uart && arguments.Device.Length == 0 && quick.Channel.Port.TryOpen())
            return Run(ref quick, command, operand, arguments.Activate);
        ServiceClient<LineChannel<SerialPort>, Terminal> client = default;
        if (TryOpen(ref client.Channel.Port, arguments.Device))
            return Run(ref client, command, operand, arguments.Activate);
        Terminal.Complain("no line to the update service: is this the control guest, and is nobody else at it?"u8, default);
        return (int)ClientResult.NoAnswer;
    }

    private static int Run<TChannel>(ref ServiceClient<TChannel, Terminal> client, ReadOnlySpan<byte> command, ReadOnlySpan<byte> operand, bool activate)
        where TChannel : struct, IChannel
    {
        ClientResult result = client.Begin();
        if (result == ClientResult.Ok)
            result = command.SequenceEqual("update"u8) ? Update(ref client, operand, activate) : Ask(ref client, command, operand);
        if (result == ClientResult.Refused)
            Terminal.Complain("refused: "u8, ServiceClient<TChannel, Terminal>.ErrorOf(in client));
        else if (result == ClientResult.NoAnswer)
            Terminal.Complain("no answer from the update service"u8, default);
        else if (result == ClientResult.BadBundle)
            Terminal.Complain("this is no bundle, or not all of one: "u8, operand);
        return (int)result;
    }

    private static int Explain(int file, ClientResult result)
    {
        Linux.Write(file, Usage);
        return (int)result;
    }

    /// <summary>Commands that go to the service as they are.</summary>
    private static bool IsSound(ReadOnlySpan<byte> command, bool hasUnit) =>
        command.SequenceEqual("slots"u8) || command.SequenceEqual("confirm"u8)
        || !hasUnit && (command.SequenceEqual("activate"u8) || command.SequenceEqual("rollback"u8) || command.SequenceEqual("abort"u8)
            || command.SequenceEqual("status"u8) || command.SequenceEqual("log"u8));

    private static bool TryOpen(ref SerialPort port, ReadOnlySpan<byte> device) =>
        device.Length != 0 ? port.TryOpen(device) : port.TryOpen("/dev/ttyAMA1\0"u8) || port.TryOpen("/dev/ttyS1\0"u8);

    private static ClientResult Ask<TChannel>(ref ServiceClient<TChannel, Terminal> client, ReadOnlySpan<byte> command, ReadOnlySpan<byte> unit)
        where TChannel : struct, IChannel
    {
        if (command.SequenceEqual("slots"u8) && unit.Length == 0)
            return client.AskSlots();
        CommandText text = default;
        text.Add(command);
        if (unit.Length != 0)
            text.Add((byte)' ');
        text.Add(unit);
        return client.Ask(CommandText.Of(in text));
    }

    private static ClientResult Update<TChannel>(ref ServiceClient<TChannel, Terminal> client, ReadOnlySpan<byte> path, bool activate)
        where TChannel : struct, IChannel
    {
        // An argument: a zero stands behind it.
        int file = path.SequenceEqual("-"u8) ? Linux.StandardInput : Linux.Open(path, Linux.ReadOnly);
        if (file < 0)
            return ClientResult.BadBundle;
        BundleFile source = new(file);
        ClientResult result = client.Update(ref source, MemoryMarshal.CreateSpan(ref _data[0], DataSize));
        return result == ClientResult.Ok && activate ? client.Ask("activate"u8) : result;
    }

    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address)
    {
        CommandText text = default;
        text.AddDecimal(kind);
        text.Add(" at "u8);
        text.AddDecimal(address);
        Terminal.Complain("a bug of its own: "u8, CommandText.Of(in text));
        Linux.Exit(70);
    }
}
