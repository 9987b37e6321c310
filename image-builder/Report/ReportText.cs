using System.Globalization;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>A report for people: two pictures and the figures under them, in 80 columns; colours repeat what signs and names say.</summary>
public sealed class ReportText
{
    private readonly ImageReport _report;
    private readonly ReportWriter _out;

    private ReportText(ImageReport report, bool colour)
    {
        _report = report;
        _out = new ReportWriter(colour);
    }

    public static string Of(ImageReport report, bool colour)
    {
        ReportText text = new(report, colour);
        text.Write();
        return text._out.ToString();
    }

    private void Write()
    {
        if (_report.Board is { } board)
        {
            _out.Line($"appliance {_report.Appliance} on {board.Name}");
            _out.Line($"manifest  {_report.ManifestSha256}");
            _out.Line($"management over the board's UART: {(_report.Management ? "on, and nobody is asked for a password" : "off")}");
        }
        if (_report.Kind == "plan")
            _out.Line("A plan: packages' sizes and all digests are known once the image is built.");
        if (_report.Flash.Count != 0)
            WriteFlash();
        if (_report.Board is not null)
            WriteRam(_report.Board);
        for (int i = 0; i < _report.Guests.Count; i++)
            WriteGuest(_report.Guests[i], i);
        WriteProblems();
    }

    private void WriteProblems()
    {
        if (_report.Problems.Count == 0)
            return;
        if (_report.Flash.Count != 0)
            _out.Line();
        foreach (ImageProblem problem in _report.Problems)
            _out.Alarm($"error {problem}");
        string[] codes = [.. _report.Problems.Select(problem => problem.Code).Distinct()];
        _out.Line($"{_report.Problems.Count} {(_report.Problems.Count == 1 ? "problem" : "problems")}. `./bulkhead explain {codes[0]}` says more about {codes[0]}.");
    }

    private void WriteFlash()
    {
        ulong size = _report.Board?.ImageSize ?? _report.Flash.Select(partition => partition.Offset + partition.Size).DefaultIfEmpty(0ul).Max();
        List<Occupant> occupants = [new('#', -1, 0, 34 * 512), new('#', -1, Math.Max(size, 33 * 512) - 33 * 512, 33 * 512)];
        occupants.AddRange(_report.Flash.Select(partition => new Occupant(SignOf(partition.Name), GuestOf(partition.Name), partition.Offset, partition.Size)));
        MapStrip strip = new([new RangeReport(0, size)], occupants);
        _out.Line();
        _out.Line($"{(_report.Board?.X86 is null ? "flash" : "disk")}: {Size(size)}, one sign is {Size(strip.Unit)}");
        strip.Write(_out);
        WriteSigns(" slot a, small letter slot b");
        _out.Line();
        _out.Line("  offset          size        used");
        foreach (PartitionReport partition in _report.Flash)
        {
            string used = partition.Used is { } bytes ? $"{Size(bytes),11}" : "";
            _out.Write($"  0x{partition.Offset:x8}  {Size(partition.Size),8} {used,11}  ");
            _out.Write(partition.Name, GuestOf(partition.Name));
            _out.Line();
        }
        foreach (ProgramReport program in _report.Programs)
        {
            _out.Line($"  {program.Partition}: {Size(program.Size)}, {(program.Intact ? "intact" : "DAMAGED")}");
            _out.Line($"    sha256 {program.Sha256}");
        }
    }

    private void WriteRam(BoardReport board)
    {
        List<Occupant> occupants = [new('#', -1, board.HypervisorRam.Base, board.HypervisorRam.Size)];
        if (board.BlackBox is { } held)
            occupants.Add(new Occupant('#', -1, held.Base, held.Size));
        for (int i = 0; i < _report.Guests.Count; i++)
        {
            foreach (MappingReport mapping in _report.Guests[i].Memory.Where(mapping => mapping.Kind == "ram"))
                occupants.Add(new Occupant((char)('A' + i), i, mapping.Host, mapping.Size));
        }
        MapStrip strip = new(board.Ram, occupants);
        _out.Line();
        _out.Line($"RAM: {string.Join(" and ", board.Ram.Select(range => $"{Size(range.Size)} at {Units.Address(range.Base)}"))}, one sign is {Size(strip.Unit)}");
        strip.Write(_out);
        WriteSigns("");
        _out.Line();
        _out.Line("  base            size");
        _out.Line($"  0x{board.HypervisorRam.Base:x8}  {Size(board.HypervisorRam.Size),8}  hypervisor");
        if (board.BlackBox is { } box)
            _out.Line($"  0x{box.Base:x8}  {Size(box.Size),8}  black box");
        foreach (Occupant occupant in occupants.Where(occupant => occupant.Guest >= 0).OrderBy(occupant => occupant.Base))
        {
            _out.Write($"  0x{occupant.Base:x8}  {Size(occupant.Size),8}  ");
            _out.Write(_report.Guests[occupant.Guest].Name, occupant.Guest);
            _out.Line();
        }
    }

    private void WriteSigns(string more)
    {
        _out.Write("  # Bulkhead's own  . free  + several");
        _out.Line();
        for (int i = 0; i < _report.Guests.Count; i++)
        {
            _out.Write("  ");
            _out.Write($"{(char)('A' + i)} {_report.Guests[i].Name}", i);
        }
        _out.Line(_report.Guests.Count != 0 && more.Length != 0 ? " :" + more : "");
    }

    private void WriteGuest(GuestReport guest, int index)
    {
        _out.Line();
        _out.Write($"guest {guest.Name}", index);
        _out.Line($": CPU{(guest.Cpus.Count == 1 ? "" : "s")} {string.Join(", ", guest.Cpus)}{(guest.Autostart ? "" : ", not started by itself")}");
        if (guest.Role is { } role)
            _out.Line($"  role {role}: it speaks to the update service");
        if (guest.After.Count != 0)
            _out.Line($"  starts after {string.Join(", ", guest.After)}");
        (string policy, string end) = guest.Restart.Words();
        _out.Line($"  {policy}");
        _out.Line($"  {end}");
        if (guest.Watchdog?.Words() is var (times, place))
        {
            _out.Line($"  {times}");
            _out.Line($"  {place}");
        }
        _out.Line($"  {guest.Update.Words()}");
        if (guest.Update.Required)
            _out.Line("  a new hypervisor or appliance table waits for its word too");
        _out.Line("  in the guest  on the board");
        foreach (MappingReport mapping in guest.Memory)
        {
            _out.Line($"  0x{mapping.Guest:x8}    0x{mapping.Host:x8}  {Size(mapping.Size),8}  {(mapping.Kind == "ram" ? "RAM" : mapping.Device ?? mapping.Kind)}: {Entries(mapping)}");
        }
        if (guest.Interrupts.Count != 0)
            _out.Line($"  interrupts {string.Join(", ", guest.Interrupts.Select(Interrupt))}");
        if (guest.Arm64 is { } arm64)
        {
            _out.Line($"  virtual GIC 0x{arm64.Gicd:x8} and 0x{arm64.Gicr:x8}, {arm64.Intids} interrupt ids");
            _out.Line($"  virtual UART 0x{arm64.Uart:x8}, interrupt {arm64.UartIntid}");
            if (arm64.ControlUart is { } control)
                _out.Line($"  control UART 0x{control:x8}, interrupt {arm64.ControlUartIntid}");
        }
        if (guest.X86 is { } x86)
        {
            _out.Line($"  local APIC 0x{x86.LocalApic:x8}, I/O APIC 0x{x86.IoApic:x8}");
            _out.Line($"  virtual UART port 0x{x86.UartPort:x}, GSI {x86.UartGsi}; sleep port 0x{x86.SleepPort:x}, reset port 0x{x86.ResetPort:x}");
            if (x86.ControlUartPort is { } control)
                _out.Line($"  control UART port 0x{control:x}, GSI {x86.ControlUartGsi}");
            if (x86.AssignedPorts.Count != 0)
                _out.Line($"  ports {string.Join(", ", x86.AssignedPorts.Select(ports => ports.Count == 1 ? $"0x{ports.First:x}" : $"0x{ports.First:x}..0x{ports.First + ports.Count - 1:x}"))}");
        }
        if (guest.Mailbox is { } mailbox)
            _out.Line($"  mailbox 0x{mailbox:x8}");
        WriteSlot(guest.SlotA);
        WriteSlot(guest.SlotB);
    }

    private void WriteSlot(SlotReport slot)
    {
        _out.Line($"  slot {slot.Partition}: {Size(slot.Size)} at 0x{slot.Offset:x8}, {slot.State}");
        if (slot.Package is not { } package)
            return;
        foreach (SegmentReport segment in package.Segments)
        {
            string stored = segment.Compression == "none" ? "" : $", {segment.Compression} {Size(segment.Stored)}";
            _out.Line($"    {segment.Kind,-10} at 0x{segment.Load:x8}: {Size(segment.Loaded)}{stored}, {(segment.Intact ? "intact" : "DAMAGED")}");
            _out.Line($"      sha256 {segment.Sha256}");
        }
    }

    private static string Entries(MappingReport mapping)
    {
        (ulong Count, string Unit)[] all = [(mapping.Blocks1Gib, "1 GiB"), (mapping.Blocks2Mib, "2 MiB"), (mapping.Pages4Kib, "4 KiB")];
        return string.Join(" + ", all.Where(entry => entry.Count != 0).Select(entry => $"{entry.Count} x {entry.Unit}"));
    }

    private static string Interrupt(InterruptReport interrupt) =>
        interrupt.Physical + (interrupt.Virtual == interrupt.Physical ? "" : $" as {interrupt.Virtual}") + (interrupt.Trigger == "edge" ? " (edge)" : "");

    private int GuestOf(string partition)
    {
        for (int i = 0; i < _report.Guests.Count; i++)
        {
            if (_report.Guests[i].SlotA.Partition == partition || _report.Guests[i].SlotB.Partition == partition)
                return i;
        }
        return -1;
    }

    private char SignOf(string partition)
    {
        int guest = GuestOf(partition);
        return guest < 0 ? '#' : (char)((_report.Guests[guest].SlotA.Partition == partition ? 'A' : 'a') + guest);
    }

    /// <summary>Whole units where they fit, else one decimal: `9.4 MiB`.</summary>
    private static string Size(ulong bytes)
    {
        (ulong unit, string name) = bytes >= Units.GiB ? (Units.GiB, "GiB") : bytes >= Units.MiB ? (Units.MiB, "MiB") : bytes >= Units.KiB ? (Units.KiB, "KiB") : (1ul, "B");
        return (bytes % unit == 0 ? $"{bytes / unit} " : string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / unit:0.0} ")) + name;
    }
}
