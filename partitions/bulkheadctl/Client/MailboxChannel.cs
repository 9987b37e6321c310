using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Devices;

namespace Bulkhead.ControlTool;

/// <summary>The update service by the mailbox: a command at a time, data as it is, the answer there when the bell has been rung.</summary>
public struct MailboxChannel<TMailbox> : IChannel where TMailbox : struct, IMailbox
{
    // Of what is read of an answer at once.
    private const int Step = 64;

    public TMailbox Port;

    private int _from;
    private int _to;
    private Storage _answer;

    [InlineArray((int)Mailbox.AnswerSize)]
    private struct Storage
    {
        private byte _first;
    }

    public static int MaxData => (int)Mailbox.DataSize;

    public static int MaxCommands => 1;

    /// <summary>An earlier conversation leaves nothing behind.</summary>
    public readonly bool Begin() => true;

    public bool Send(ReadOnlySpan<byte> command) => Exchange(command, default);

    public bool SendData(ulong offset, ReadOnlySpan<byte> bytes)
    {
        CommandText text = default;
        text.Add("data "u8);
        text.AddDecimal(offset);
        return Exchange(CommandText.Of(in text), bytes);
    }

    public bool TryReceive(out ReadOnlySpan<byte> line)
    {
        line = default;
        for (int end = _from; end < _to; end++)
        {
            if (_answer[end] != (byte)'\n')
                continue;
            line = MemoryMarshal.CreateReadOnlySpan(ref _answer[_from], end - _from);
            _from = end + 1;
            return true;
        }
        return false;
    }

    // False when nobody answers, or somebody else's command is being carried out.
    private bool Exchange(ReadOnlySpan<byte> command, ReadOnlySpan<byte> data)
    {
        CommandText text = default;
        text.Add(command);
        text.Add((byte)'\n');
        Port.Put(Mailbox.Answer, "\0"u8);
        Port.Put(Mailbox.Line, CommandText.Of(in text));
        Port.Put(Mailbox.Data, data);
        Port.Ring((uint)data.Length);
        _from = _to = 0;
        Span<byte> room = MemoryMarshal.CreateSpan(ref _answer[0], (int)Mailbox.AnswerSize);
        for (int got = 0; got < room.Length; got += Step)
        {
            Port.Get(Mailbox.Answer + (uint)got, room.Slice(got, Step));
            for (; _to < got + Step; _to++)
            {
                if (room[_to] == 0)
                    return _to != 0;
            }
        }
        return false;
    }
}
