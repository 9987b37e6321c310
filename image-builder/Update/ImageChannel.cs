using System.Runtime.InteropServices;
using System.Text;
using Bulkhead.Boot;
using Bulkhead.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Microsoft.Win32.SafeHandles;

namespace Bulkhead.ImageBuilder.Update;

/// <summary>The update service of the board that would start from an image: the hypervisor's own code over the image's file.</summary>
public sealed class ImageChannel : IUpdateChannel
{
    private readonly SafeFileHandle _file;
    private readonly Queue<IReadOnlyList<string>> _answers = [];
    private readonly FirstStageConfig _config;
    private ApplianceTable _table;
    private UpdateStore<FileFlash> _store;
    private UpdateService _service;

    /// <param name="writable">False to look only.</param>
    /// <exception cref="BuildException">It is no image, or one that no board would start from.</exception>
    public ImageChannel(string image, bool writable)
    {
        _file = File.OpenHandle(image, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.Read);
        try
        {
            _store = new() { Flash = new(_file) };
            _config = ReadConfig(image);
            _store.Open(in _config);
            ReadTable(image);
            _store.AddGuests(in _table);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public int Window => 1;

    public void Send(string command)
    {
        byte[] line = Encoding.ASCII.GetBytes(command);
        Lines answer = new([]);
        Decisions decisions = new(this);
        if (UpdateService.IsDecision(line))
            _service.Decide(line, in _table, ref decisions, ref answer);
        else
            _service.Obey(line, default, ref _store, in _table, in _config.Roots, ref decisions, ref answer);
        _answers.Enqueue(answer.All);
    }

    public IReadOnlyList<string> Receive() => _answers.Dequeue();

    public void Dispose() => _file.Dispose();

    private static FirstStageConfig ReadConfig(string image)
    {
        byte[] bytes = File.ReadAllBytes(image);
        IReadOnlyList<GptPartition> partitions;
        try
        {
            partitions = Gpt.Read(bytes);
        }
        catch (BuildException error)
        {
            throw new BuildException($"{image} is no image of a board: {error.Message}");
        }
        return ImageFirstStage.Find(bytes, partitions)?.Config
            ?? throw new BuildException($"{image} has no first stage of ours: nothing says where its slots are");
    }

    // As the board would: the slot that the record names, or the other one.
    private void ReadTable(string image)
    {
        int current = _store.Record.Unit[UpdateUnit.Table].Current;
        foreach (int slot in new[] { current, current ^ 1 })
        {
            byte[] stored = new byte[_store.Slot(UpdateUnit.Table, slot).Size];
            if (_store.Flash.TryRead(_store.Slot(UpdateUnit.Table, slot).Offset, stored)
                && (ApplianceTableReader.Read<Arm64TableRules>(stored, ref _table, out _) == TableError.None
                    || ApplianceTableReader.Read<X86TableRules>(stored, ref _table, out _) == TableError.None))
                return;
        }
        throw new BuildException($"{image} has no appliance table that checks; './bulkhead inspect' says more");
    }

    private readonly struct Lines(List<string> all) : IAnswer
    {
        public List<string> All => all;

        public void Say(ref LogLine line) => all.Add(Encoding.ASCII.GetString(line.Bytes));
    }

    /// <summary>A board that is off: the next start acts on what is decided.</summary>
    private readonly struct Decisions(ImageChannel image) : IUpdateBoard
    {
        public ulong Milliseconds => 0;

        public UpdateRefusal Activate(uint units) => image.Keep(UpdateState.Activate(ref image._store.Record, units, UpdateState.TriesOf(units, in image._table)));

        // Nothing runs that could have proved itself.
        public UpdateRefusal Confirm(int guest) => UpdateRefusal.NotOnTrial;

        public UpdateRefusal RollBack() =>
            UpdateState.RollBack(ref image._store.Record, BackReason.Asked, -1) == 0 ? UpdateRefusal.NotOnTrial : image.Keep(UpdateRefusal.None);
    }

    private UpdateRefusal Keep(UpdateRefusal refusal) =>
        refusal != UpdateRefusal.None ? refusal : _store.TryKeep() ? UpdateRefusal.None : UpdateRefusal.NotKept;
}
