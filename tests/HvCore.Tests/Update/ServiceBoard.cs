using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.Boot;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Tests.Core;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>The update service over a model flash, as whoever has one of its lines sees it.</summary>
internal sealed class ServiceBoard
{
    public const int Gateway = UpdateUnit.FirstGuest, App = Gateway + 1;
    private const int LineCapacity = 300;

    public readonly FlashModel Flash;
    public readonly List<string> Happened = [];
    public ApplianceTable Table = Samples.Table();
    public RootDigests Roots;
    private UpdateService _service;
    private UpdateStore<RefusingFlash> _store;

    private ServiceBoard(FlashModel flash)
    {
        Flash = flash;
        _store = new() { Flash = new(flash) };
    }

    /// <summary>The sample appliance with packages in its slots a, nothing in b.</summary>
    public static ServiceBoard Delivered(bool isSigned = true, bool secondSlotOfApp = true)
    {
        ServiceBoard board = new(new FlashModel());
        if (isSigned)
        {
            board.Roots.First = TestKeys.Digest(TestKeys.Root);
            board.Table.Guest[0].Key = TestKeys.Modulus(TestKeys.Gateway);
            board.Table.Guest[1].Key = TestKeys.Modulus(TestKeys.Root);
        }
        if (!secondSlotOfApp)
            board.Table.Guest[1].SlotB = default;
        board.Open();
        board.Put(board.Slot(UpdateUnit.Hypervisor, 0), TestBundle.Hypervisor(0, TestKeys.Root).Item3);
        board.Put(board.Slot(UpdateUnit.Table, 0), TestBundle.Table(board.Table, TestKeys.Root).Item3);
        board.Put(board.Slot(Gateway, 0), TestBundle.Guest("gateway", "1", 1, 20_000, null, TestKeys.Gateway).Item3);
        board.Put(board.Slot(App, 0), TestBundle.Guest("app", "1", 1, 20_000, null, TestKeys.Root).Item3);
        return board;
    }

    public ref StateRecord State => ref _store.Record;

    public bool FlashRefuses { set => _store.Flash.Refuses = value; }

    public ImageRange Slot(int unit, int slot) => _store.Slot(unit, slot);

    /// <summary>The lines that come for one.</summary>
    public string[] Ask(string line) => Ask(Encoding.Latin1.GetBytes(line));

    public string[] Ask(byte[] line, ForeignBytes data = default)
    {
        List<string> answer = [];
        Lines lines = new(answer);
        Decisions decisions = new(this);
        if (line.Length > LineCapacity)
            return [];
        if (UpdateService.IsDecision(line))
            _service.Decide(line, in Table, ref decisions, ref lines);
        else
            _service.Obey(line, data, ref _store, in Table, in Roots, ref decisions, ref lines);
        return [.. answer];
    }

    public string Last(string line) => Ask(line) is [.., string last] ? last : "";

    /// <summary>Sends a bundle until it is refused, as a client would.</summary>
    /// <returns>The last answer: `ok` when all was taken.</returns>
    public string Send(byte[] bundle, int seed = 1, int from = 0)
    {
        Random random = new(seed);
        for (int done = from; done < bundle.Length;)
        {
            int count = Math.Min(random.Next(1, 193), bundle.Length - done);
            string answer = Last($"data {done} {Convert.ToBase64String(bundle, done, count)}");
            done += count;
            if (answer != $"ok {done}")
                return answer;
        }
        return "ok";
    }

    public string Verify()
    {
        while (true)
        {
            string answer = Last("verify");
            if (answer.Split(' ') is not ["ok", string done, string length])
                return answer;
            if (done == length)
                return "ok";
        }
    }

    /// <summary>Begin, send, verify, activate: the first refusal, or `ok`.</summary>
    public string Update(byte[] bundle, bool activate = true)
    {
        string answer = Last($"begin {bundle.Length} {TestBundle.Name(bundle)}");
        if (answer == "ok 0" && (answer = Send(bundle)) == "ok" && (answer = Verify()) == "ok" && activate)
            answer = Last("activate");
        return answer;
    }

    /// <summary>Everything that must not change by an update that is refused: slots that run, and what is remembered of them.</summary>
    public string Essence()
    {
        StringBuilder text = new();
        for (int unit = 0; unit < App + 1; unit++)
        {
            UnitState of = State.Unit[unit];
            text.Append($"{unit}: {of.Active} {of.Trial} {of.Tries} {of.Rollback} {of.IsBad(of.Active)} {Digest(Slot(unit, of.Active))}\n");
        }
        return text.ToString();
    }

    public byte[] Read(ImageRange range, int length = -1)
    {
        byte[] bytes = new byte[length < 0 ? (int)range.Size : length];
        Flash.Read(range.Offset, bytes);
        return bytes;
    }

    /// <summary>The flash's record, as the next boot finds it, says the same as the one in memory.</summary>
    public bool IsKept()
    {
        ServiceBoard next = new(Flash.AfterCut()) { Table = Table };
        next.Open();
        return StateRecord.BytesOf(ref next.State).SequenceEqual(StateRecord.BytesOf(ref State));
    }

    private void Open()
    {
        FirstStageConfig config = new()
        {
            State0 = Block(1),
            State1 = Block(2),
            HypervisorA = Block(3),
            HypervisorB = Block(4),
            TableA = Block(5),
            TableB = Block(6),
        };
        _store.Open(in config);
        _store.AddGuests(in Table);
    }

    private static ImageRange Block(uint index) => new() { Offset = index * (ulong)IFlash.EraseBlock, Size = IFlash.EraseBlock };

    private void Put(ImageRange slot, byte[] content)
    {
        byte[] whole = new byte[(content.Length + 511) / 512 * 512];
        whole.AsSpan().Fill(0xff);
        content.CopyTo(whole, 0);
        Flash.Program(slot.Offset, whole);
        Flash.Flush();
    }

    private string Digest(ImageRange range) => Convert.ToHexString(SHA256.HashData(Read(range, 64 * 1024)).AsSpan(0, 8));

    private readonly struct Lines(List<string> answer) : IAnswer
    {
        public void Say(ref LogLine line) => answer.Add(Encoding.Latin1.GetString(line.Bytes));
    }

    /// <summary>A board whose guests start at once and are believed.</summary>
    private readonly struct Decisions(ServiceBoard board) : IUpdateBoard
    {
        public const byte Tries = 3;

        public ulong Milliseconds => 12345;

        public UpdateRefusal Activate(uint units) => board.Keep(UpdateState.Activate(ref board.State, units, Tries), $"activated {units:x}");

        public UpdateRefusal Confirm(int guest)
        {
            uint before = UpdateState.OnTrial(ref board.State);
            if (!UpdateState.ReportHealthy(ref board.State, UpdateUnit.FirstGuest + guest))
                return UpdateRefusal.NotOnTrial;
            // What the hypervisor decides by its guests.
            UpdateState.ReportHealthy(ref board.State, UpdateUnit.Hypervisor);
            UpdateState.ReportHealthy(ref board.State, UpdateUnit.Table);
            return board.Keep(UpdateRefusal.None, UpdateState.OnTrial(ref board.State) == 0 ? $"confirmed {before:x}" : null);
        }

        public UpdateRefusal RollBack()
        {
            uint units = UpdateState.RollBack(ref board.State, BackReason.Asked, -1);
            return units == 0 ? UpdateRefusal.NotOnTrial : board.Keep(UpdateRefusal.None, $"rolled back {units:x}");
        }
    }

    private UpdateRefusal Keep(UpdateRefusal refusal, string? what)
    {
        if (refusal != UpdateRefusal.None)
            return refusal;
        if (!_store.TryKeep())
            return UpdateRefusal.NotKept;
        if (what is not null)
            Happened.Add(what);
        return UpdateRefusal.None;
    }

    private struct RefusingFlash(FlashModel model) : IFlash
    {
        private readonly ModelFlash _flash = new(model);

        public bool Refuses;

        public readonly bool TryRead(ulong offset, Span<byte> room) => _flash.TryRead(offset, room);
        public readonly bool TryErase(ulong offset) => !Refuses && _flash.TryErase(offset);
        public readonly bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => !Refuses && _flash.TryProgram(offset, bytes);
        public readonly bool TryFlush() => !Refuses && _flash.TryFlush();
    }
}
