using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// The way to the guests: one serial line, so every byte for another guest needs Ctrl-T and its number before it
/// (docs/abi.md). One writer at a time, in the order of asking; a script's text never lands in the middle of a typed
/// sequence.
/// </summary>
/// <param name="say">Shows the user a line.</param>
/// <param name="askStates">The user wants to know the guests' states.</param>
public sealed class BoardInput(Stream line, IReadOnlyList<string> guests, Action<string> say, Action askStates)
{
    private const byte ControlT = 0x14;
    // A guest's UART takes what its FIFO holds at once, no more.
    private const int Portion = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private int _selected;
    private bool _command;

    /// <summary>The guest that the user's keys go to: the first, until Ctrl-T says another.</summary>
    public int KeyboardGuest { get; private set; }

    /// <summary>Types a script's text into one guest; the keyboard stays where it was.</summary>
    public Task Send(string guest, byte[] text)
    {
        int number = Array.IndexOf([.. guests], guest);
        ArgumentOutOfRangeException.ThrowIfNegative(number, nameof(guest));
        return Queue(number, text);
    }

    /// <summary>A line for the hypervisor itself; what was selected stays selected.</summary>
    public Task Manage(byte[] line)
    {
        lock (_gate)
            return _last = Next(_last, [ControlT, (byte)'m', .. line]);
    }

    /// <summary>Hands on the user's keys.</summary>
    /// <returns>False once Ctrl-T q was typed.</returns>
    public bool Type(ReadOnlySpan<byte> keys)
    {
        List<byte> text = [];
        foreach (byte key in keys)
        {
            if (!_command)
            {
                _command = key == ControlT;
                if (!_command)
                    text.Add(key);
                continue;
            }
            _command = false;
            if (key is (byte)'q' or (byte)'Q')
                return false;
            if (key is (byte)'s' or (byte)'S')
            {
                askStates();
            }
            else if (key == ControlT)
            {
                text.Add(key);
            }
            else if (key >= '1' && key < '1' + guests.Count)
            {
                Queue(KeyboardGuest, [.. text]);
                text.Clear();
                KeyboardGuest = key - '1';
                Queue(KeyboardGuest, [], true);
            }
            else
            {
                say(Menu);
            }
        }
        if (text.Count != 0)
            Queue(KeyboardGuest, [.. text]);
        return true;
    }

    /// <summary>Which key does what after Ctrl-T.</summary>
    public string Menu => string.Join("   ", guests
        .Select((guest, i) => $"{i + 1} {guest}{(i == KeyboardGuest ? " (has the keyboard)" : "")}").Prepend("Ctrl-T:").Append("s states").Append("q end"));

    private Task Queue(int guest, byte[] text, bool isChoice = false)
    {
        lock (_gate)
            return _last = Next(_last, guest, text, isChoice);
    }

    private async Task Next(Task before, byte[] line)
    {
        await before;
        // The hypervisor takes it as it comes: there is no guest's FIFO to overrun.
        await Write(line);
    }

    private async Task Next(Task before, int guest, byte[] text, bool isChoice)
    {
        await before;
        // Ctrl-T and what follows are one write: nothing comes between them. A choice goes out even when it changes
        // nothing: what was typed before the board listened is lost.
        if (guest != _selected || isChoice)
            await Write([ControlT, (byte)('1' + guest)]);
        _selected = guest;
        // The board takes Ctrl-T as its own; doubled, one goes through.
        byte[][] portions = text.SelectMany(value => value == ControlT ? [ControlT, ControlT] : new[] { value }).Chunk(Portion).ToArray();
        foreach (byte[] portion in portions)
        {
            await Write(portion);
            if (portions.Length != 1)
                await Task.Delay(Pause);
        }
    }

    private async Task Write(byte[] bytes)
    {
        try
        {
            await line.WriteAsync(bytes);
            await line.FlushAsync();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The board has ended; the run says what was missing.
        }
    }
}
