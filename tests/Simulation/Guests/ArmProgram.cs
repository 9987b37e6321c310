using System.Collections.Generic;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Guests;

/// <summary>A kernel with a GICv3 and a PL011.</summary>
internal sealed class ArmProgram(ArmBoard board, int cpu) : VcpuProgram(board, cpu)
{
    private const uint UartIntId = 33, WatchdogIntId = 35;

    private readonly List<uint> _handling = [];

    private ref VirtualGic Gic => ref board.Gics[Guest];

    protected override bool IsHandling => _handling.Count != 0;

    protected override void BeginInterrupts()
    {
        _handling.Clear();
        uint frame = (uint)Index << 17;
        SetUp.Enqueue(() => WriteGicr(frame + 0x1_0080, ~0u));
        SetUp.Enqueue(() => WriteGicr(frame + 0x1_0400, (uint)Dice.Next()));
        SetUp.Enqueue(() => WriteGicr(frame + 0x1_0100, ~0u));
        if (!Speaks)
            return;
        for (uint bank = 1; bank < 3; bank++)
        {
            uint number = bank;
            SetUp.Enqueue(() => WriteGicd(0x80 + number * 4, ~0u));
            SetUp.Enqueue(() => WriteGicd(0x400 + number * 32 + 8, 0xa0_80_60_a0));
        }
        ref GuestEntry entry = ref Partition.Entry;
        for (int i = 0; i < (int)entry.InterruptCount; i++)
        {
            GuestInterrupt interrupt = entry.Interrupt[i];
            uint seen = interrupt.VirtualIntId;
            if (interrupt.Edge != 0)
                SetUp.Enqueue(() => WriteGicd(0xc00 + seen / 16 * 4, ReadGicd(0xc00 + seen / 16 * 4) | 2u << (int)(seen % 16 * 2)));
        }
        SetUp.Enqueue(() => WriteGicd(0, 2));
        for (uint bank = 1; bank < 3; bank++)
        {
            uint number = bank;
            SetUp.Enqueue(() => WriteGicd(0x100 + number * 4, ~0u));
        }
        SetUp.Enqueue(() => WriteUart(Pl011.UARTLCR_H, (uint)Dice.Next(2) * Pl011.FEN));
        SetUp.Enqueue(() => WriteUart(Pl011.UARTIMSC, Pl011.RX | Pl011.RT));
        SetUp.Enqueue(() => Ledger.Listens());
    }

    protected override bool TryHandleInterrupt()
    {
        ListRegisters lists = board.Lists[Cpu];
        if (lists.Best >= 0)
        {
            uint intid = lists.Acknowledge();
            Life.Trace($"guest{Guest}'s vCPU {Index} takes interrupt {intid}");
            Ledger.Took(Owner(intid), intid, Index, IsLevel(intid));
            _handling.Add(intid);
            Serve(intid);
            return true;
        }
        if (_handling.Count == 0)
            return false;
        uint last = _handling[^1];
        _handling.RemoveAt(_handling.Count - 1);
        Ledger.Ended(Owner(last), last);
        lists.End(last);
        return true;
    }

    private int Owner(uint intid) => intid < InterruptId.FirstSpi ? Index : -1;

    private bool IsLevel(uint intid) => intid >= InterruptId.FirstPpi && (Gic.Bank(Index, intid >> 5).Edge >> (int)intid & 1) == 0;

    private void Serve(uint intid)
    {
        if (intid == UartIntId)
        {
            if (Ledger.IsWild)
                WriteUart(Pl011.UARTIMSC, 0);
            else
                ReadBytes();
        }
        else if (intid == InterruptId.VirtualTimer)
        {
            board.GuestTimer[Cpu] = 0;
        }
        else if (intid == WatchdogIntId)
        {
            Call(Ledger.IsWild ? HypervisorCall<SimulatedArch>.WatchdogStop : HypervisorCall<SimulatedArch>.WatchdogFeed);
            Ledger.Withdrawn(-1, intid);
        }
        else if (intid >= InterruptId.FirstSpi)
        {
            board.Serve(Guest, intid);
            if (IsLevel(intid))
                Ledger.Withdrawn(-1, intid);
        }
    }

    // Cleared first, as stock drivers do it: the virtual UART's timeout takes no time, so that clearing it behind the last
    // look at the FIFO would hide what came between.
    private void ReadBytes()
    {
        WriteUart(Pl011.UARTICR, Pl011.RT | Pl011.OE);
        while ((ReadUart(Pl011.UARTFR) & Pl011.RXFE) == 0)
        {
            uint data = ReadUart(Pl011.UARTDR);
            Ledger.Reads((byte)data);
            if ((data & Pl011.DataOE) != 0)
                Ledger.Overran();
        }
    }

    protected override void UseDevices()
    {
        switch (ChooseDeviceUse())
        {
            case 0:
                SendSgi();
                break;
            case 1:
                board.GuestTimer[Cpu] = Board.Time + 1 + (ulong)Dice.Next(200);
                break;
            case 2:
                ReadState();
                break;
            case 3:
                MoveRoute();
                break;
            case 4:
                WriteAnything();
                break;
            default:
                ReadUart((uint)Dice.Next(0x1000));
                WriteUart((uint)Dice.Next(0x50), (uint)Dice.Next());
                break;
        }
    }

    private void SendSgi()
    {
        uint intid = (uint)Dice.Next(16), targets = (uint)Dice.Next(1 << (int)Partition.VcpuCount);
        Life.Trace($"guest{Guest}'s vCPU {Index} sends SGI {intid} to {targets:x}");
        for (int vcpu = 0; vcpu < Partition.VcpuCount; vcpu++)
        {
            if ((targets >> vcpu & 1) != 0)
                Ledger.Raised(vcpu, intid);
        }
        SoftwareGeneratedInterrupt<SimulatedGic>.Write(ref Gic, Index, (ulong)intid << 24 | targets);
    }

    private void ReadState()
    {
        uint offset = (uint)Dice.Next(0x400) & ~3u;
        if (Dice.OneIn(2))
            ReadGicd(offset);
        else
            RedistributorRegisters<SimulatedGic>.Read(ref Gic, Index, (uint)Dice.Next((int)Partition.VcpuCount) << 17 | 0x1_0000 | (Dice.OneIn(2) ? offset : 0x200 + (uint)Dice.Next(4) * 0x80), AccessSize.Word);
    }

    private void MoveRoute()
    {
        ref GuestEntry entry = ref Partition.Entry;
        if (entry.InterruptCount == 0)
            return;
        uint intid = entry.Interrupt[Dice.Next((int)entry.InterruptCount)].VirtualIntId;
        // Its own devices, too, if it does not care who serves them.
        if (Ledger.IsWild && Dice.OneIn(2))
            intid = Dice.Of(UartIntId, WatchdogIntId);
        ulong target = (ulong)Dice.Next((int)Partition.VcpuCount);
        Life.Trace($"guest{Guest} routes interrupt {intid} to vCPU {target}");
        DistributorRegisters<SimulatedGic>.Write(ref Gic, Index, 0x6000 + intid * 8, AccessSize.DoubleWord, target);
    }

    // Any register at any width.
    private void WriteAnything()
    {
        AccessSize size = Dice.Of(AccessSize.Byte, AccessSize.HalfWord, AccessSize.Word, AccessSize.Word, AccessSize.DoubleWord);
        uint offset = Dice.OneIn(2) ? (uint)Dice.Next(0x800) : (uint)Dice.Next(0x1_0000);
        if (size != AccessSize.Byte && Dice.Next(4) != 0)
            offset &= ~((uint)size - 1);
        ulong value = Dice.Next() & Dice.Next();
        Life.Trace($"guest{Guest}'s vCPU {Index} writes {value:x} to register {offset:x}");
        if (Dice.OneIn(2))
            DistributorRegisters<SimulatedGic>.Write(ref Gic, Index, offset, size, value);
        else
            RedistributorRegisters<SimulatedGic>.Write(ref Gic, Index, (uint)Dice.Next((int)Partition.VcpuCount) << 17 | (uint)Dice.Next(2) << 16 | offset & 0xffff, size, value);
    }

    protected override void TurnAnotherOn()
    {
        int target = Dice.OneIn(5) ? Dice.Next(10) : Dice.Next((int)Partition.VcpuCount);
        GuestPhys entry = Dice.OneIn(3) ? AnyAddress() : new(Partition.Entry.Mapping[0].Guest.Value + (ulong)Dice.Next(4096) * 4 % Partition.Entry.Mapping[0].Size);
        TurnOnRequest request = Ledger.Asks(target, entry.Value, true);
        bool granted = VcpuLoop<SimulatedArch>.TurnOn(ref Partition, (ulong)target, entry, request.Argument!.Value) == TurnOnResult.Done;
        Life.Trace($"guest{Guest}'s vCPU {Index} turns vCPU {target} on: {(granted ? "done" : "refused")}");
        Life.Check(!granted || TryFind(entry, out _, out MappingKind kind, out _) && kind == MappingKind.Ram && target < Partition.VcpuCount,
            $"guest{Guest}: vCPU {target} may begin at {entry.Value:x}");
        Ledger.Answered(request, granted);
    }

    protected override void SendByte(byte value)
    {
        if ((ReadUart(Pl011.UARTFR) & Pl011.TXFF) != 0)
            return;
        Ledger.Writes([value]);
        WriteUart(Pl011.UARTDR, value);
        Ledger.Wrote(1, 1);
    }

    protected override void AccessNothing(GuestPhys address)
    {
        DeviceHit hit = board.Buses[Guest].Find(address);
        bool window = address.Value - 0x0800_0000 < 0x1_0000 || address.Value - 0x0900_0000 < 0x1000
            || address.Value - 0x080a_0000 < Partition.VcpuCount * 0x2_0000ul;
        Life.Check(window == (hit.Kind != DeviceKind.None), $"guest{Guest}: {address.Value:x} and its devices");
    }

    private uint ReadGicd(uint offset) => (uint)DistributorRegisters<SimulatedGic>.Read(ref Gic, Index, offset, AccessSize.Word);

    private void WriteGicd(uint offset, uint value) => DistributorRegisters<SimulatedGic>.Write(ref Gic, Index, offset, AccessSize.Word, value);

    private void WriteGicr(uint offset, uint value) => RedistributorRegisters<SimulatedGic>.Write(ref Gic, Index, offset, AccessSize.Word, value);

    private uint ReadUart(uint offset)
    {
        ArmBoard.GuestLine line = new(Guest, Index);
        return board.Uarts[Guest].Read<ConsoleMultiplexer<BoardUart<SimulatedArch>, SimulatedArch>, ArmBoard.GuestLine, ArmBoard.GuestLine>(
            offset, AccessSize.Word, ref BoardConsole<SimulatedArch>.Console, ref line);
    }

    private void WriteUart(uint offset, uint value)
    {
        ArmBoard.GuestLine line = new(Guest, Index);
        board.Uarts[Guest].Write<ConsoleMultiplexer<BoardUart<SimulatedArch>, SimulatedArch>, ArmBoard.GuestLine, ArmBoard.GuestLine>(
            offset, value, ref BoardConsole<SimulatedArch>.Console, ref line);
        if (BoardConsole<SimulatedArch>.Console.IsHolding)
            Deadlines<SimulatedArch>.ArmConsole(ref Vcpu);
    }
}
