using System.Collections.Generic;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Vcpus;
using Bulkhead.X86.Apic;
using ConsoleEnd = Bulkhead.Diagnostics.ConsoleMultiplexer<Bulkhead.Devices.BoardUart<Bulkhead.Simulation.Hardware.SimulatedArch>, Bulkhead.Simulation.Hardware.SimulatedArch>;

namespace Bulkhead.Simulation.Guests;

/// <summary>A kernel with APICs and a 16550. Its first vCPU sets up the I/O APIC, and starts each other vCPU once.</summary>
internal sealed class PcProgram(PcBoard board, int cpu) : VcpuProgram(board, cpu)
{
    private const uint FirstPin = 0x50, TimerVector = 0xec, FirstIpi = 0x80;
    private const uint IoSelect = 0, IoWindow = 0x10, FirstEntry = 0x10, DivideByOne = 0xb;

    private readonly List<uint> _handling = [];

    private ref VirtualApics Apics => ref board.Apics(Guest);
    private ref VirtualLocalApic Apic => ref board.Apic(Cpu);
    private uint UartPin => Partition.Entry.X86.UartGsi;

    public static uint VectorOf(uint pin) => FirstPin + pin;

    public static uint PinOf(uint vector) => vector - FirstPin;

    private static bool IsPin(uint vector) => vector - FirstPin < VirtualIoApic.Pins;

    protected override bool IsHandling => _handling.Count != 0;

    protected override void BeginInterrupts()
    {
        _handling.Clear();
        // By its page, or by MSRs from here on.
        if (Dice.OneIn(2))
            SetUp.Enqueue(() => LocalApicRegisters<SimulatedApics>.WriteBase(ref Apic, Apic.Base | ApicBase.X2Apic));
        SetUp.Enqueue(() => WriteApic(ApicRegister.Svr, ApicRegister.SvrEnabled | 0xff));
        SetUp.Enqueue(() => WriteApic(ApicRegister.LvtTimer, TimerVector));
        SetUp.Enqueue(() => WriteApic(ApicRegister.DivideConfiguration, DivideByOne));
        if (!Speaks)
            return;
        Open(UartPin, 0);
        ref GuestEntry entry = ref Partition.Entry;
        for (int i = 0; i < (int)entry.InterruptCount; i++)
            Open(entry.Interrupt[i].VirtualIntId, entry.Interrupt[i].Edge != 0 ? 0 : IoApicEntry.Level);
        SetUp.Enqueue(() => WriteUart(Uart16550.LCR, Uart16550.EightBits));
        SetUp.Enqueue(() => WriteUart(Uart16550.FCR, Dice.Of(0u, Uart16550.FifoEnable, Uart16550.FifoEnable | Uart16550.ReceiveTriggerHalf)));
        SetUp.Enqueue(() => WriteUart(Uart16550.MCR, Uart16550.DTR | Uart16550.RTS | Uart16550.OUT2));
        SetUp.Enqueue(() => WriteUart(Uart16550.IER, Uart16550.ERBFI));
        SetUp.Enqueue(() => Ledger.Listens());
    }

    private void Open(uint pin, uint trigger)
    {
        SetUp.Enqueue(() => WriteIo(FirstEntry + 2 * pin + 1, 0));
        SetUp.Enqueue(() => WriteIo(FirstEntry + 2 * pin, VectorOf(pin) | trigger));
    }

    protected override bool TryHandleInterrupt()
    {
        uint vector = Apic.Deliverable();
        if (vector != 0)
        {
            Apic.Accept(vector);
            Life.Trace($"guest{Guest}'s vCPU {Index} takes vector {vector:x}");
            if (!Ledger.IsWild)
                Ledger.Took(Owner(vector), vector, Index, vector == TimerVector || Apic.IsLevel(vector));
            _handling.Add(vector);
            Serve(vector);
            return true;
        }
        if (_handling.Count == 0)
            return false;
        uint last = _handling[^1];
        _handling.RemoveAt(_handling.Count - 1);
        if (!Ledger.IsWild)
        {
            Ledger.Ended(Owner(last), last);
            Life.Check(Apic.HighestInService == last, $"guest{Guest}'s vCPU {Index} ends vector {last:x}, and {Apic.HighestInService:x} is in service");
        }
        WriteApic(ApicRegister.Eoi, 0);
        return true;
    }

    private int Owner(uint vector) => IsPin(vector) ? -1 : Index;

    private void Serve(uint vector)
    {
        if (Ledger.IsWild)
        {
            // What it is about is not known.
            WriteUart(Uart16550.IER, 0);
            for (uint pin = 0; pin < VirtualIoApic.Pins; pin++)
                board.Serve(Guest, pin);
        }
        else if (vector == VectorOf(UartPin))
        {
            while ((ReadUart(Uart16550.IIR) & Uart16550.NoInterrupt) == 0)
                ReadBytes();
        }
        else if (IsPin(vector))
        {
            board.Serve(Guest, PinOf(vector));
            if (Apic.IsLevel(vector))
                Ledger.Withdrawn(-1, vector);
        }
    }

    private void ReadBytes()
    {
        while ((ReadStatus() & Uart16550.DR) != 0)
            Ledger.Reads((byte)ReadUart(Uart16550.RBR));
    }

    // Whoever reads it takes the overrun away.
    private uint ReadStatus()
    {
        uint status = ReadUart(Uart16550.LSR);
        if ((status & Uart16550.OE) != 0)
            Ledger.Overran();
        return status;
    }

    protected override void UseDevices()
    {
        switch (ChooseDeviceUse())
        {
            case 0:
                SendIpi();
                break;
            case 1:
                WriteApic(ApicRegister.InitialCount, 1 + (uint)Dice.Next(200));
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
                ReadUart((uint)Dice.Next(8));
                WriteUart((uint)Dice.Next(8), (uint)Dice.Next() & 0xff);
                break;
        }
    }

    private void SendIpi()
    {
        int target = Dice.Next((int)Partition.VcpuCount);
        if (!board.Programs[(int)Partition.CpuOf(target)].IsReady)
            return;
        uint vector = FirstIpi + (uint)(Dice.Next(2) * 0x20 + Index);
        Life.Trace($"guest{Guest}'s vCPU {Index} sends vector {vector:x} to vCPU {target}");
        Ledger.Raised(target, vector);
        Command(target, vector);
    }

    private void Command(int target, uint command)
    {
        if (!Apic.IsX2Apic)
        {
            WriteApic(ApicRegister.IcrHigh, (uint)target << 24);
            WriteApic(ApicRegister.Icr, command);
        }
        else if (InterruptCommand<SimulatedApics>.IsPlain(ref Apics, ref Apic, command, (uint)target))
            InterruptCommand<SimulatedApics>.SendPlain(ref Apics, ref Apic, command, (uint)target);
        else
            WriteMsr(ApicRegister.Icr, (ulong)(uint)target << 32 | command);
    }

    private void ReadState()
    {
        uint register = (uint)Dice.Next((int)X2ApicMsr.Count);
        if (Dice.OneIn(2) && Apic.IsX2Apic)
            LocalApicRegisters<SimulatedApics>.TryReadMsr(ref Apic, X2ApicMsr.First + register, out _);
        else if (Dice.OneIn(2) && Apic.HasPage)
            LocalApicRegisters<SimulatedApics>.ReadPage(ref Apic, register << 4, AccessSize.Word);
        else
            IoApicRegisters<SimulatedApics>.Read(ref Apics.IoApic, IoWindow, AccessSize.Word);
    }

    // A level, which is with one vCPU until that has ended it.
    private void MoveRoute()
    {
        ref GuestEntry entry = ref Partition.Entry;
        if (entry.InterruptCount == 0 || !Speaks)
            return;
        GuestInterrupt interrupt = entry.Interrupt[Dice.Next((int)entry.InterruptCount)];
        int target = Dice.Next((int)Partition.VcpuCount);
        if (interrupt.Edge != 0 || !board.Programs[(int)Partition.CpuOf(target)].IsReady)
            return;
        Life.Trace($"guest{Guest} routes pin {interrupt.VirtualIntId} to vCPU {target}");
        WriteIo(FirstEntry + 2 * interrupt.VirtualIntId + 1, (uint)target << 24);
    }

    // Any register but the timer's: what is periodic never rests.
    private void WriteAnything()
    {
        uint value = (uint)(Dice.Next() & Dice.Next());
        if (Dice.OneIn(2))
        {
            WriteIo((uint)Dice.Next(0x10 + 2 * (int)VirtualIoApic.Pins + 4), value);
            return;
        }
        uint offset = (uint)Dice.Next(0x40) << 4;
        if (offset is ApicRegister.LvtTimer or ApicRegister.InitialCount or ApicRegister.DivideConfiguration)
            return;
        Life.Trace($"guest{Guest}'s vCPU {Index} writes {value:x} to its APIC at {offset:x}");
        WriteApic(offset, value);
    }

    // As kernels do it: INIT, and STARTUP once or twice. A wild guest does so to any vCPU, at any time.
    protected override void TurnAnotherOn()
    {
        int target = Dice.Next((int)Partition.VcpuCount);
        ref VcpuCore other = ref board.Vcpus[(int)Partition.CpuOf(target)];
        if (!Ledger.IsWild && (!Speaks || other.Power != (int)VcpuPower.Off || Ledger.HasAsked(target)))
            return;
        uint page = (uint)Dice.Between(1, 0x9f);
        TurnOnRequest request = Ledger.Asks(target, (ulong)page << 12, false);
        Life.Trace($"guest{Guest}'s vCPU {Index} starts vCPU {target} at page {page:x}");
        Command(target, (uint)DeliveryMode.Init << 8);
        for (int times = Dice.Between(1, 2); times != 0; times--)
            Command(target, (uint)DeliveryMode.StartUp << 8 | page);
        Ledger.Answered(request, true);
    }

    // Nobody would start it again, or take what is still sent to it.
    protected override void TurnOff()
    {
        if (Ledger.IsWild)
            Command(Index, (uint)DeliveryMode.Init << 8);
    }

    protected override void SendByte(byte value)
    {
        if ((ReadStatus() & Uart16550.THRE) == 0)
            return;
        Ledger.Writes([value]);
        WriteUart(Uart16550.THR, value);
        Ledger.Wrote(1, 1);
    }

    // Where nothing is, a PC reads all ones and loses what is written (arch/x86_64/Guest/GuestDevices.cs).
    protected override void AccessNothing(GuestPhys address)
    {
    }

    private void WriteApic(uint offset, uint value)
    {
        if (Apic.IsX2Apic)
            WriteMsr(offset, value);
        else
            Carry(LocalApicRegisters<SimulatedApics>.WritePage(ref Apics, ref Apic, offset, AccessSize.Word, value));
    }

    private void WriteMsr(uint offset, ulong value) =>
        Carry(LocalApicRegisters<SimulatedApics>.WriteMsr(ref Apics, ref Apic, X2ApicMsr.First + (offset >> 4), value));

    // A fault is a wild guest's, and nothing has changed.
    private void Carry(ApicEffect effect)
    {
        Life.Check((effect & ApicEffect.Fault) == 0 || Ledger.IsWild, $"guest{Guest}'s vCPU {Index} writes to its APIC what is right, and has a fault");
        if ((effect & ApicEffect.Timer) != 0)
            board.Arm(ref Vcpu);
    }

    private void WriteIo(uint register, uint value)
    {
        IoApicRegisters<SimulatedApics>.Write(ref Apics, ref Apic, IoSelect, AccessSize.Word, register);
        IoApicRegisters<SimulatedApics>.Write(ref Apics, ref Apic, IoWindow, AccessSize.Word, value);
    }

    private uint ReadUart(uint offset)
    {
        PcBoard.GuestLine line = new(Guest, Index);
        return board.Uarts[Guest].Read<ConsoleEnd, PcBoard.GuestLine, PcBoard.GuestLine>(offset, ref BoardConsole<SimulatedArch>.Console, ref line);
    }

    private void WriteUart(uint offset, uint value)
    {
        PcBoard.GuestLine line = new(Guest, Index);
        board.Uarts[Guest].Write<ConsoleEnd, PcBoard.GuestLine, PcBoard.GuestLine>(offset, (byte)value, ref BoardConsole<SimulatedArch>.Console, ref line);
        if (BoardConsole<SimulatedArch>.Console.IsHolding)
            Deadlines<SimulatedArch>.ArmConsole(ref Vcpu);
    }
}
