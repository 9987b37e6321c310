using System.Numerics;
using Bulkhead.BlackBox;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Do a board's facts agree with each other? A board file can lie; what it can be caught at is caught here.</summary>
internal sealed class BoardValidator(BoardDocument board, DiagnosticBag diagnostics)
{
    public void Check(string folderName)
    {
        if (board.Name is { } name && name.Value != folderName)
            diagnostics.Add(BoardDiagnostics.NameDiffers, name.Span, $"the board calls itself {name.Value}, and its folder {folderName}");
        if (board.SameAs is not null)
            return;
        CheckCpus();
        CheckAlignment();
        CheckReach();
        Overlaps.Check([.. Addressed()], BoardDiagnostics.Overlap, "", diagnostics);
        Overlaps.Check([.. Ports()], BoardDiagnostics.Overlap, "", diagnostics);
        Overlaps.Check([.. board.ReservedRam], BoardDiagnostics.Overlap, "", diagnostics);
        CheckWithinRam();
        CheckInterrupts();
        CheckPcDevices();
        foreach (BoardDeviceDocument device in board.Devices)
            CheckReset(device);
    }

    /// <summary>A reset stays within the registers that its offsets count from.</summary>
    private void CheckReset(BoardDeviceDocument device)
    {
        foreach (Located<ResetStep> step in device.Reset)
        {
            ulong offset = step.Value.Register.Value;
            if (device.Registers.Count == 0 || offset + sizeof(uint) > device.Registers[0].Range.Size)
                diagnostics.Add(BoardDiagnostics.ResetOutside, step.Span, $"device {device.Name.Value} has no register at {Units.Address(offset)} of its first range");
            else if (offset % sizeof(uint) != 0 || device.Registers[0].Range.Base % sizeof(uint) != 0)
                diagnostics.Add(BoardDiagnostics.ResetOutside, step.Span, $"a reset's registers have 32 bits, and {Units.Address(offset)} is no multiple of 4");
        }
    }

    private void CheckCpus()
    {
        Dictionary<ulong, Located<ulong>> seen = [];
        foreach (Located<ulong> cpu in board.Cpus ?? [])
        {
            if (!seen.TryAdd(cpu.Value, cpu))
            {
                diagnostics.Add(BoardDiagnostics.SameCpu, cpu.Span, $"the id 0x{cpu.Value:x} is given to two CPUs",
                    new DiagnosticNote(seen[cpu.Value].Span, "the first one is here"));
            }
        }
    }

    private void CheckAlignment()
    {
        foreach (Region ram in board.Ram)
            Alignment.Check(ram, Limits.Block, diagnostics);
        Alignment.Check(board.Pc?.LocalApic, Limits.Page, diagnostics);
        Alignment.Check(board.Pc?.IoApic, Limits.Page, diagnostics);
        if (board.Pc?.Disk is { } disk)
            Alignment.CheckSize(new Located<ulong>(disk.Range.Size, disk.Span), Limits.ImageAlignment, disk.What, diagnostics);
        Alignment.Check(board.HypervisorRam, Limits.Block, diagnostics);
        CheckBlackBox();
        Alignment.Check(board.FirstStageScratch, Limits.Page, diagnostics);
        Alignment.Check(board.BootImage, Limits.Page, diagnostics);
        // Linux' boot protocol wants a device tree at 8 bytes (booting.rst, "Setup the device tree").
        if (board.DeviceTree is { } tree)
            Alignment.CheckAddress(new Located<ulong>(tree.Range.Base, tree.Span), 8, tree.What, diagnostics);
        Alignment.Check(board.Uart, Limits.Page, diagnostics);
        Alignment.Check(board.Gicd, Limits.GicFrame, diagnostics);
        Alignment.Check(board.Gicr, Limits.GicFrame, diagnostics);
        if (board.EraseBlock is not { } block)
            return;
        if (!BitOperations.IsPow2(block.Value) || block.Value > Limits.ImageAlignment || block.Value < Limits.Page)
        {
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, block.Span,
                $"`erase_block` must be a power of two from {Units.Size(Limits.Page)} to {Units.Size(Limits.ImageAlignment)}, and is {Units.Size(block.Value)}");
            return;
        }
        Alignment.Check(board.Flash, Limits.ImageAlignment, diagnostics);
    }

    private void CheckBlackBox()
    {
        Alignment.Check(board.BlackBox, Limits.Block, diagnostics);
        if (board.BlackBox is { } box && box.Range.Size != BlackBoxLayout.Size)
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, box.Span, $"{box.What} has {Units.Size(BlackBoxLayout.Size)}, not {Units.Size(box.Range.Size)}");
    }

    /// <summary>What the hypervisor maps for itself: all but devices that only a guest sees.</summary>
    private void CheckReach()
    {
        ulong end = 1ul << (board.Architecture == CpuArchitecture.Arm64 ? Arm64TableRules.HostBits : X86TableRules.HostBits);
        foreach (Region region in Kept().Where(region => region.Range.End > end))
        {
            diagnostics.Add(SyntaxDiagnostics.BeyondAddresses, region.Span,
                $"{region} ends beyond {Units.Address(end)}: the hypervisor's own tables reach no further");
        }
    }

    /// <summary>Everything that has addresses of its own on the board's bus.</summary>
    private IEnumerable<Region> Addressed() => Kept().Concat(board.Devices.SelectMany(d => d.Registers));

    private IEnumerable<Region> Kept()
    {
        Region?[] fixedParts = [board.Flash, board.Uart, board.Gicd, board.Gicr, board.Pc?.LocalApic, board.Pc?.IoApic];
        return board.Ram.Concat(fixedParts.OfType<Region>());
    }

    private IEnumerable<Region> Ports() =>
        new[] { board.Pc?.UartPorts, board.Pc?.DiskPorts, board.Pc?.DiskControlPort }.OfType<Region>().Concat(board.Devices.SelectMany(d => d.Ports));

    private void CheckWithinRam()
    {
        // Without one readable range every answer would be wrong.
        if (board.Ram.Count == 0)
            return;
        foreach (Region part in board.ReservedRam.Append(board.BootImage).OfType<Region>())
        {
            if (!board.Ram.Any(r => r.Contains(part.Range)))
            {
                diagnostics.Add(BoardDiagnostics.OutsideRam, part.Span, $"{part} is not within the board's RAM",
                    [.. board.Ram.Select(r => new DiagnosticNote(r.Span, $"the board's {r}"))]);
            }
        }
    }

    private void CheckInterrupts()
    {
        if ((board.UartIntId ?? board.Pc?.UartGsi) is not { } uart)
            return;
        foreach (BoardDeviceDocument device in board.Devices)
        {
            foreach (var interrupt in device.Interrupts.Where(i => i.Value.IntId == uart.Value))
            {
                diagnostics.Add(BoardDiagnostics.UartInterrupt, interrupt.Span, $"device {device.Name.Value} has interrupt {uart.Value}, which is the UART's",
                    new DiagnosticNote(uart.Span, "the UART's interrupt is here"));
            }
        }
    }

    private void CheckPcDevices()
    {
        if (board.Pc is null)
            return;
        foreach (BoardDeviceDocument device in board.Devices)
        {
            if (device.Registers.Count + device.Ports.Count == 0)
                diagnostics.Add(BoardDiagnostics.NothingToReach, device.Name.Span, $"device {device.Name.Value} has neither registers (`reg`) nor ports");
            foreach (Region ports in device.Ports.Where(p => X86TableRules.IsForbidden((uint)p.Range.Base, (uint)p.Range.Size)))
                diagnostics.Add(BoardDiagnostics.ForbiddenPorts, ports.Span, $"{ports} has ports that no guest can have");
        }
    }
}
