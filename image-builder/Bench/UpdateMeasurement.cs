using System.Globalization;
using System.Text;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.ImageBuilder.Update;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// A guest's update over the management console: what verification and activation take, what the real-time guest beside
/// it pays, and what is written to the board's flash or disk.
/// </summary>
public static class UpdateMeasurement
{
    private const string Guest = "gateway", Neighbour = "pulse";
    private const int NeighboursCpu = 1, ExtraKibibytes = 512;
    private const string Rest = "commands, UART, records, and the rest", Own = "the guest's own start";

    public static BenchSection Run(BenchBoard board)
    {
        Counts small = Count(board, 0), large = Count(board, ExtraKibibytes);
        double mebibytes = (large.BundleBytes - small.BundleBytes) / (double)(1 << 20);
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"One guest's bundle over the management console, {small.BundleBytes:N0} bytes, {small.BundleBytes - small.PackageBytes:N0} of which are not its package. The CPU has SHA-256 instructions{(board == BenchBoard.Pc ? " (SHA-NI)" : "")}.");
        text.AppendLine();
        text.AppendLine("| instructions for | verifying, each MiB | from `activate` to the new version's first line | each MiB more |");
        text.AppendLine("|---|---|---|---|");
        foreach (string purpose in (IEnumerable<string>)[.. WorkPurpose.On(board), "", Own])
        {
            string Each(Func<Counts, Dictionary<string, long>> of) => ((of(large).GetValueOrDefault(purpose) - of(small).GetValueOrDefault(purpose)) / mebibytes).ToString("N0", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {(purpose.Length == 0 ? Rest : purpose)} | {Each(of => of.Verifying)} | {small.Activating.GetValueOrDefault(purpose):N0} | {Each(of => of.Activating)} |");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"| all | {(large.Verifying.Values.Sum() - small.Verifying.Values.Sum()) / mebibytes:N0} | {small.Activating.Values.Sum():N0} | {(large.Activating.Values.Sum() - small.Activating.Values.Sum()) / mebibytes:N0} |");
        text.AppendLine();
        text.Append(Beside(board));
        return new("What a guest's update takes", text.ToString());
    }

    // Sent while nobody counts; counted from `verify` to the new version's first line, on a board of one CPU.
    private static Counts Count(BenchBoard board, int extra)
    {
        using BenchWorkspace work = BenchWorkspace.Build(Manifest(board, 1, null, false), 1);
        BundleFile bundle = Pack(work, Manifest(board, 2, MakeInitrd(work, extra), false), out long package);
        Counts counts = new(bundle.Bytes.Length, package, [], []);
        Routines hypervisor = work.Symbols;
        ulong first = hypervisor.AddressOf("_start"), activate = hypervisor.AddressLike("UpdateService__Activate<"), firstLine = FirstLine(work);
        int phase = 0;
        using CountedRun run = new(work, [], [], socketFolder: work.Folder, isFair: true);
        run.GoUntil(() => work.Console(Guest).Contains("trial done", StringComparison.Ordinal));
        Task sending = Task.Run(() => Talk(work, client => client.Send(bundle, _ => { })));
        run.GoUntil(() => sending.IsCompleted);
        sending.Wait();
        Task counting = run.Count(block =>
        {
            if (phase == 0 && block.Address == activate || phase == 1 && block.Address == firstLine)
                Volatile.Write(ref phase, phase + 1);
            if (phase == 2)
                return;
            string purpose = block.Address - first < 2 << 20 ? WorkPurpose.Of(hypervisor.At(block.Address)?.Name ?? "") : Own;
            Dictionary<string, long> purposes = phase == 0 ? counts.Verifying : counts.Activating;
            purposes[purpose] = purposes.GetValueOrDefault(purpose) + block.Instructions;
        });
        Task activating = Task.Run(() => Talk(work, client =>
        {
            client.Verify(_ => { });
            client.Activate(bundle);
        }));
        run.GoUntil(() => Volatile.Read(ref phase) == 2 && activating.IsCompleted);
        run.StopCounting(counting);
        run.End();
        activating.Wait();
        return counts;
    }

    // All of it, from the first byte sent to the confirmation, with pulse on a CPU of its own.
    private static string Beside(BenchBoard board)
    {
        using BenchWorkspace work = BenchWorkspace.Build(Manifest(board, 1, null, true), 2);
        BundleFile bundle = Pack(work, Manifest(board, 2, null, true), out _);
        Routines hypervisor = work.Symbols;
        ulong release = new Routines().Add(Path.Combine(work.Outputs, Neighbour + ".elf")).AddressOf("HandleInterrupt");
        ulong erase = hypervisor.AddressLike("(NorFlash|DiskImage)__TryErase$"), program = hypervisor.AddressLike("(NorFlash__TryProgram|DiskImage__TryWrite)$");
        ExitTally tally = new(hypervisor, ExitKinds.Of(work.Appliance.Board.Architecture, hypervisor), NeighboursCpu);
        int releases = 0, erases = 0, programs = 0;
        bool isDone = false, isOver = false;
        using CountedRun run = new(work, [CountedRun.Hypervisor(hypervisor), new(release, 1)], [], socketFolder: work.Folder, isFair: true);
        run.GoUntil(() => work.Console(Neighbour).Contains("control task", StringComparison.Ordinal) && work.Console(Guest).Contains("trial done", StringComparison.Ordinal));
        Task counting = run.Count(block =>
        {
            // From one release of the control task to another; gateway is linked at the same address.
            if (block.Address == release && block.Cpu == NeighboursCpu && !isOver)
            {
                releases++;
                Volatile.Write(ref isOver, Volatile.Read(ref isDone));
            }
            else if (block.Address != release && releases > 0 && !isOver)
            {
                tally.Add(block);
                erases += block.Address == erase ? 1 : 0;
                programs += block.Address == program ? 1 : 0;
            }
        });
        Task updating = Task.Run(() => Talk(work, client => Update(client, bundle)));
        run.GoUntil(() => Volatile.Read(ref isOver) || updating.IsCompleted && SetDone(ref isDone, work));
        run.StopCounting(counting);
        run.End();
        updating.Wait();
        tally.Finish();
        int periods = releases - 1;
        string exits = string.Join(", ", tally.Exits.Select(exit => $"{exit.Value.Exits:N0} {exit.Key} of {exit.Value.Instructions / exit.Value.Exits}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            Pulse on another CPU has {periods:N0} periods meanwhile, with {(double)tally.Exits.Sum(exit => exit.Value.Exits) / periods:0.00} exits and {(double)tally.Instructions / periods:0.0} hypervisor instructions each ({exits}), {tally.Exits.Max(exit => exit.Value.Longest):N0} at most with interrupts masked.
            {(board == BenchBoard.Pc ? "The disk's blocks of 256 KiB are" : "The flash is")} erased {erases} times and programmed {programs} times: 512 bytes of the package each, its header at once, and each change of the state record. An ordinary boot changes {Changed(work)} bytes of the image.

            """);
    }

    // Where the release that ends the count is awaited, the confirmation has been seen.
    private static bool SetDone(ref bool isDone, BenchWorkspace work)
    {
        if (work.Console("bulkhead").Contains("its update is confirmed", StringComparison.Ordinal))
            Volatile.Write(ref isDone, true);
        return false;
    }

    private static long Changed(BenchWorkspace work)
    {
        byte[] before = File.ReadAllBytes(work.Image);
        if (work.Run(Guest, "^probe: trial done", TimeSpan.FromMinutes(10), keep: true) is not RunEnd.Seen)
            throw new BuildException("the board did not start again");
        byte[] after = File.ReadAllBytes(work.Image);
        return before.Where((value, i) => value != after[i]).LongCount();
    }

    private static void Update(UpdateClient client, BundleFile bundle)
    {
        client.Send(bundle, _ => { });
        client.Verify(_ => { });
        client.Activate(bundle);
    }

    private static void Talk(BenchWorkspace work, Action<UpdateClient> say)
    {
        using BoardChannel channel = new(ManagementSocket.Find(work.Folder).Single());
        say(new UpdateClient(channel));
    }

    private static BundleFile Pack(BenchWorkspace work, string manifest, out long package)
    {
        string path = Path.Combine(work.Folder, "next.yaml"), file = Path.Combine(work.Folder, "next.bhu");
        File.WriteAllText(path, manifest);
        Appliance next = Workspace.Load(path, null, false) ?? throw new BuildException("the measurement's own manifest does not check");
        next = next with { Board = work.Appliance.Board };
        Guest guest = next.Guests.Single(guest => guest.Name == Guest);
        byte[] content = new UnitContents(next, new ImageLayout(next), Workspace.InputsOf(next.Board.Architecture), null!, new Signer()).Package(guest);
        package = content.Length;
        File.WriteAllBytes(file, BundleBuilder.Build(next, [(BundlePartKind.Guest, guest, content)], "bench", new Signer()));
        return BundleFile.Read(file);
    }

    private static ulong FirstLine(BenchWorkspace work) =>
        new Routines().Add(Path.Combine(work.Outputs, "probe.elf")).AddressOf("Probe_Bulkhead_Guests_Console__Write");

    private static string? MakeInitrd(BenchWorkspace work, int kibibytes)
    {
        if (kibibytes == 0)
            return null;
        byte[] content = new byte[kibibytes << 10];
        new Random(1).NextBytes(content);
        string file = Path.Combine(work.Folder, "initrd");
        File.WriteAllBytes(file, content);
        return file;
    }

    private static string Manifest(BenchBoard board, int version, string? initrd, bool withNeighbour) => $$"""
        appliance: update
        board: {{board.Name}}
        guests:
          {{Guest}}:
            cpus: [0]
            memory: 16 MiB
            version: {{version}}.0
            kernel:
              project: probe
              cmdline: scenario=trial version={{version}} do=report
              compression: none
              {{(initrd is null ? "" : $"initrd: {initrd}")}}
        {{(withNeighbour ? $"  {Neighbour}: {{cpus: [{NeighboursCpu}], memory: 4 MiB, kernel: {{project: pulse}}}}" : "")}}
        """;

    private sealed record Counts(long BundleBytes, long PackageBytes, Dictionary<string, long> Verifying, Dictionary<string, long> Activating);
}
