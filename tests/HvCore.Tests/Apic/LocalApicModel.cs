using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Devices;
using Bulkhead.Tests.Gic;
using Bulkhead.X86.Apic;

namespace Bulkhead.Tests.Apic;

/// <summary>A guest doing anything a guest may do with its local APICs, beside <see cref="ModelApic"/>.</summary>
internal sealed class LocalApicModel
{
    private readonly FakeApics _board;
    private readonly ModelApic[] _model;

    public LocalApicModel(uint vcpus)
    {
        _board = new FakeApics(vcpus);
        _model = [.. Enumerable.Range(0, (int)vcpus).Select(i => new ModelApic((uint)i))];
    }

    public string? Failure { get; private set; }

    public List<string> Trace { get; } = [];

    private static uint AnyVector(ref Dice dice) => dice.Next(8) == 0 ? (uint)dice.Next(16) : (uint)dice.Next(256);

    public void Do(int code)
    {
        if (Failure != null)
            return;
        Dice dice = new(code);
        uint vcpu = (uint)dice.Next(_model.Length);
        ModelApic model = _model[vcpu];
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        switch (dice.Next(22))
        {
            case 0 or 1:
                SwitchOn(vcpu);
                break;
            case 2 or 3 or 4:
                SendIpi(vcpu, ref dice);
                break;
            case 5:
                Post(vcpu, AnyVector(ref dice), dice.Next(2) != 0);
                break;
            case 6 or 7:
                Take(vcpu);
                break;
            case 8 or 9:
                Accept(vcpu);
                break;
            case 10:
                AcceptEnded(vcpu);
                break;
            case 11 or 12:
                Write(vcpu, ApicRegister.Eoi, 0);
                break;
            case 13:
                Write(vcpu, ApicRegister.Tpr, (uint)dice.Next(256));
                break;
            case 14 or 15:
                Write(vcpu, 0x320 + (uint)dice.Next(6) * 16, AnyVector(ref dice) | (uint)dice.Next(8) << 17 & 0x6_0000 | (uint)(dice.Next(3) / 2) << 16);
                break;
            case 16:
                Write(vcpu, AnyRegister(ref dice), (uint)dice.Next(int.MaxValue) >> dice.Next(31));
                break;
            case 17:
                if (dice.Next(2) == 0)
                    Write(vcpu, ApicRegister.InitialCount, (uint)dice.Next(300));
                else
                    Write(vcpu, ApicRegister.DivideConfiguration, (uint)dice.Next(16) & 0xb);
                break;
            case 18:
                WriteDeadline(vcpu, dice.Next(5) == 0 ? 0 : model.Now + (ulong)dice.Next(2000));
                break;
            case 19 or 20:
                Advance((ulong)dice.Next(1500));
                break;
            default:
                if (dice.Next(4) == 0)
                    WriteBase(vcpu, ref dice);
                else
                    SwitchOn(vcpu);
                break;
        }
        for (uint each = 0; each < _model.Length; each++)
            Compare(each);
    }

    private static uint AnyRegister(ref Dice dice)
    {
        uint[] often = [ApicRegister.Svr, ApicRegister.Esr, ApicRegister.Ldr, ApicRegister.Dfr, ApicRegister.Tpr];
        return dice.Next(2) == 0 ? often[dice.Next(often.Length)] : (uint)dice.Next(64) * 16;
    }

    private void SwitchOn(uint vcpu)
    {
        if (_model[vcpu].Mode != 0)
            Write(vcpu, ApicRegister.Svr, 0x1ff);
    }

    private void Write(uint vcpu, uint register, uint value)
    {
        ModelApic model = _model[vcpu];
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        Trace.Add($"{vcpu}: {register:x} = {value:x}");
        if (register == ApicRegister.Icr)
            return;
        if (model.Mode == 1)
        {
            LocalApicRegisters<FakeApics.Hardware>.WritePage(ref _board.State, ref apic, register, AccessSize.Word, value);
            ModelWrite(model, register, value, false);
            return;
        }
        ApicEffect effect = _board.WriteMsr(vcpu, register, value);
        bool expected = model.Mode == 2 && IsAllowed(register, value);
        if (expected == ((effect & ApicEffect.Fault) != 0))
            Fail($"{vcpu}: {register:x} = {value:x} gave {effect}");
        if (expected)
            ModelWrite(model, register, value, true);
    }

    // SDM vol 3, table 11-6 and the registers' figures.
    private static bool IsAllowed(uint register, uint value) => register switch
    {
        0x080 => value < 0x100,
        0x0b0 or 0x280 => value == 0,
        0x0f0 => (value & ~0x3ffu) == 0,
        0x320 => (value & ~0x7_50ffu) == 0,
        0x330 or 0x340 => (value & ~0x1_57ffu) == 0,
        0x350 or 0x360 => (value & ~0x1_f7ffu) == 0,
        0x370 => (value & ~0x1_50ffu) == 0,
        0x380 => true,
        0x3e0 => (value & ~0xbu) == 0,
        0x3f0 => value < 0x100,
        _ => false,
    };

    private static void ModelWrite(ModelApic model, uint register, uint value, bool x2)
    {
        switch (register)
        {
            case 0x080:
                model.Tpr = value & 0xff;
                break;
            case 0x0b0:
                if (model.Isr.Count != 0)
                    model.Isr.Remove(model.Isr.Max);
                break;
            case 0x0d0 when !x2:
                model.Ldr = value & 0xff00_0000;
                break;
            case 0x0e0 when !x2:
                model.Dfr = value | 0x0fff_ffff;
                break;
            case 0x0f0:
                model.WriteSvr(value & 0x3ff);
                break;
            case 0x280:
                model.WriteEsr();
                break;
            case 0x310 when !x2:
                model.IcrHigh = value & 0xff00_0000;
                break;
            case 0x320:
                model.WriteLvt(register, value & 0x7_00ff);
                break;
            case 0x330 or 0x340:
                model.WriteLvt(register, value & 0x1_07ff);
                break;
            case 0x350 or 0x360:
                model.WriteLvt(register, value & 0x1_a7ff);
                break;
            case 0x370:
                model.WriteLvt(register, value & 0x1_00ff);
                break;
            case 0x380:
                model.WriteInitialCount(value);
                break;
            case 0x3e0:
                model.WriteDivide(value & 0xb);
                break;
            case 0x3f0 when x2:
                model.Raise(value, false);
                break;
            default:
                bool readOnly = register is 0x020 or 0x030 or 0x0a0 or 0x390 or (>= 0x100 and < 0x280);
                if (!readOnly)
                    model.Error(0x80);
                break;
        }
    }

    private void SendIpi(uint vcpu, ref Dice dice)
    {
        ModelApic sender = _model[vcpu];
        uint mode = (uint)new[] { 0, 0, 0, 0, 1, 4, 5, 6, 2, 3, 7 }[dice.Next(11)];
        bool logical = dice.Next(2) != 0;
        uint shorthand = dice.Next(2) != 0 ? 0 : (uint)dice.Next(4);
        uint vector = AnyVector(ref dice);
        uint level = (uint)dice.Next(4) << 14;
        bool x2 = sender.Mode == 2;
        uint destination = dice.Next(8) == 0 ? (x2 ? uint.MaxValue : 0xff) : logical ? (uint)dice.Next(256) : (uint)dice.Next(_model.Length + 1);
        if (x2 && dice.Next(16) == 0)
            destination |= 0x10000;
        uint low = vector | mode << 8 | (logical ? 0x800u : 0) | level | shorthand << 18;
        Trace.Add($"{vcpu}: ICR {destination:x} {low:x}");
        if (sender.Mode == 0)
            return;
        if (x2)
        {
            ref VirtualLocalApic apic = ref _board.Apic(vcpu);
            if (dice.Next(2) != 0 && InterruptCommand<FakeApics.Hardware>.IsPlain(ref _board.State, ref apic, low, destination))
                InterruptCommand<FakeApics.Hardware>.SendPlain(ref _board.State, ref apic, low, destination);
            else if (_board.WriteMsr(vcpu, ApicRegister.Icr, (ulong)destination << 32 | low) != ApicEffect.None)
                Fail("ICR refused");
            sender.IcrHigh = destination;
        }
        else
        {
            ref VirtualLocalApic apic = ref _board.Apic(vcpu);
            Write(vcpu, ApicRegister.IcrHigh, destination << 24);
            LocalApicRegisters<FakeApics.Hardware>.WritePage(ref _board.State, ref apic, ApicRegister.Icr, AccessSize.Word, low);
        }
        sender.IcrLow = low;

        uint[] targets = [.. Enumerable.Range(0, _model.Length).Select(i => (uint)i)
            .Where(i => IsMeant(i, vcpu, shorthand, logical, destination, x2))];
        if (mode is 0 or 1)
        {
            if (vector < 16)
            {
                sender.Error(0x20);
                return;
            }
            foreach (uint target in mode == 1 ? targets.Take(1) : targets)
            {
                if (target == vcpu)
                    sender.Raise(vector, false);
                else
                    Mail(target, new ModelApic.Message.Fixed(vector, false));
            }
            return;
        }
        if (shorthand == 1 || mode is not (4 or 5 or 6) || mode == 5 && level == 0x8000)
            return;
        foreach (uint target in targets)
            Mail(target, mode == 4 ? new ModelApic.Message.NmiPulse() : mode == 5 ? new ModelApic.Message.Init() : new ModelApic.Message.StartUp(vector));
    }

    private bool IsMeant(uint target, uint sender, uint shorthand, bool logical, uint destination, bool x2)
    {
        if (shorthand != 0)
            return shorthand == 1 ? target == sender : shorthand == 2 || target != sender;
        bool everybody = destination == (x2 ? uint.MaxValue : 0xff);
        if (!logical)
            return everybody || destination == target;
        if (x2)
            return everybody || destination >> 16 == 0 && (destination >> (int)target & 1) != 0;
        ModelApic model = _model[target];
        if (model.Mode == 2)
            return (destination >> (int)target & 1) != 0;
        uint ldr = model.Ldr >> 24;
        if (model.Dfr >> 28 == 15)
            return (ldr & destination) != 0;
        return (destination / 16 == 15 || destination / 16 == ldr / 16) && (ldr & destination & 15) != 0;
    }

    // A message for another vCPU never waits without a kick behind it.
    private void Mail(uint target, ModelApic.Message message)
    {
        _model[target].Mail.Add(message);
        if (_board.Apic(target).Inbox.Requests == 0 || !_board.Kicked.Contains(10 + (int)target))
            Fail($"no kick for {target}");
    }

    private void Post(uint vcpu, uint vector, bool level)
    {
        Trace.Add($"{vcpu}: post {vector:x} {(level ? "level" : "edge")}");
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        if (level ? apic.Inbox.PostLevel(vector) : apic.Inbox.Post(vector))
            FakeApics.Hardware.Kick(apic.PhysicalCpu);
        // Of one vector posted as both, what is not yet taken may count as level.
        if (!level && _model[vcpu].Mail.Contains(new ModelApic.Message.Fixed(vector, true)))
            level = true;
        Mail(vcpu, new ModelApic.Message.Fixed(vector, level));
    }

    private void Take(uint vcpu)
    {
        Trace.Add($"{vcpu}: take");
        ModelApic model = _model[vcpu];
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        bool waiting = model.Waiting;
        model.Started = null;
        model.Nmi = false;
        // What is posted as edge and then as level is level for both.
        for (int i = 0; i < model.Mail.Count; i++)
        {
            if (model.Mail[i] is ModelApic.Message.Fixed f && model.Mail.Contains(new ModelApic.Message.Fixed(f.Vector, true)))
                model.Mail[i] = new ModelApic.Message.Fixed(f.Vector, true);
        }
        model.ReadMail();
        _board.Kicked.Remove(10 + (int)vcpu);
        uint requests = apic.Take();
        if ((requests & ApicInbox.Init) != 0)
        {
            apic.Reset();
            waiting = true;
        }
        uint? started = null;
        if ((requests & ApicInbox.StartUp) != 0 && waiting)
        {
            started = (uint)(ApicInbox.StartAddress(requests) >> 12);
            waiting = false;
        }
        if (waiting != model.Waiting || started != model.Started || (requests & ApicInbox.Nmi) != 0 != model.Nmi)
            Fail($"{vcpu}: took {requests:x}; waiting {model.Waiting}, started {model.Started}, NMI {model.Nmi}");
    }

    private void Accept(uint vcpu)
    {
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        uint vector = _model[vcpu].Deliverable;
        Trace.Add($"{vcpu}: accept {vector:x}");
        if (vector == 0 || apic.Deliverable() != vector)
            return;
        apic.Accept(vector);
        _model[vcpu].Accept(vector);
    }

    // Of an interrupt whose delivery is seen only when the guest ends it.
    private void AcceptEnded(uint vcpu)
    {
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        uint vector = _model[vcpu].Deliverable;
        Trace.Add($"{vcpu}: accept and end {vector:x}");
        if (vector == 0 || apic.Deliverable() != vector)
            return;
        apic.AcceptEnded(vector);
        _model[vcpu].Accept(vector);
        _model[vcpu].Isr.Remove(vector);
    }

    private void WriteDeadline(uint vcpu, ulong value)
    {
        Trace.Add($"{vcpu}: deadline {value}");
        ModelApic model = _model[vcpu];
        LocalApicRegisters<FakeApics.Hardware>.WriteTscDeadline(ref _board.Apic(vcpu), value);
        if (model.TimerMode == 2)
            model.Deadline = value;
        _board.Apic(vcpu).ExpireTimer(model.Now);
        model.Advance(0);
    }

    private void Advance(ulong ticks)
    {
        Trace.Add($"{ticks} ticks");
        _board.Tsc += ticks;
        for (uint vcpu = 0; vcpu < _model.Length; vcpu++)
        {
            _model[vcpu].Advance(ticks);
            _board.Apic(vcpu).ExpireTimer(_board.Tsc);
        }
    }

    private void WriteBase(uint vcpu, ref Dice dice)
    {
        ModelApic model = _model[vcpu];
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        int wanted = dice.Next(4);
        ulong value = apic.Base & ~(ApicBase.Enabled | ApicBase.X2Apic)
            | (wanted switch { 0 => 0, 1 => ApicBase.Enabled, 2 => ApicBase.Enabled | ApicBase.X2Apic, _ => ApicBase.X2Apic });
        Trace.Add($"{vcpu}: base {value:x}");
        bool fault = LocalApicRegisters<FakeApics.Hardware>.WriteBase(ref apic, value) == ApicEffect.Fault;
        bool allowed = (model.Mode, wanted) is (0, 0) or (0, 1) or (1, 1) or (1, 0) or (1, 2) or (2, 2) or (2, 0);
        if (fault == allowed)
            Fail($"{vcpu}: mode {model.Mode} to {wanted}: fault {fault}");
        if (!allowed || model.Mode == wanted)
            return;
        model.Mode = wanted;
        if (wanted == 2)
        {
            model.Ldr = 1u << (int)vcpu;
            model.IcrHigh = 0;
        }
        else
        {
            // Off and on again: nothing that was on its way arrives, but INIT and SIPI.
            model.Mail.RemoveAll(m => m is ModelApic.Message.Fixed or ModelApic.Message.NmiPulse);
            model.Reset();
        }
    }

    private void Compare(uint vcpu)
    {
        ModelApic model = _model[vcpu];
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        if (apic.Deliverable() != model.Deliverable)
            Fail($"{vcpu}: deliverable {apic.Deliverable():x}, not {model.Deliverable:x}");
        if (apic.HasPending != (model.Irr.Count != 0) || apic.HighestPending != model.Irr.Max || apic.HighestInService != model.Isr.Max)
            Fail($"{vcpu}: summaries");
        if (model.Mode == 0)
            return;
        CompareSet(vcpu, 0x100, model.Isr);
        CompareSet(vcpu, 0x200, model.Irr);
        CompareSet(vcpu, 0x180, model.Tmr);
        bool x2 = model.Mode == 2;
        CompareRegister(vcpu, 0x020, x2 ? vcpu : vcpu << 24);
        CompareRegister(vcpu, 0x080, model.Tpr);
        CompareRegister(vcpu, 0x0a0, model.Ppr);
        CompareRegister(vcpu, 0x0d0, model.Ldr);
        CompareRegister(vcpu, 0x0f0, model.Svr);
        CompareRegister(vcpu, 0x280, model.Esr);
        CompareRegister(vcpu, 0x380, model.InitialCount);
        CompareRegister(vcpu, 0x390, model.TimerMode >= 2 ? 0 : model.CurrentCount);
        CompareRegister(vcpu, 0x3e0, model.Divide);
        foreach ((uint lvt, uint value) in model.Lvt)
            CompareRegister(vcpu, lvt, value);
        if (LocalApicRegisters<FakeApics.Hardware>.ReadTscDeadline(ref apic) != model.Deadline)
            Fail($"{vcpu}: deadline");
        if (!x2)
        {
            CompareRegister(vcpu, 0x0e0, model.Dfr);
            CompareRegister(vcpu, 0x300, model.IcrLow);
            CompareRegister(vcpu, 0x310, model.IcrHigh);
        }
        else if (!_board.TryReadMsr(vcpu, 0x300, out ulong icr) || icr != ((ulong)model.IcrHigh << 32 | model.IcrLow))
        {
            Fail($"{vcpu}: ICR {icr:x}");
        }
    }

    private void CompareSet(uint vcpu, uint register, SortedSet<uint> vectors)
    {
        for (uint word = 0; word < 8; word++)
        {
            uint expected = vectors.Where(v => v / 32 == word).Aggregate(0u, (bits, v) => bits | 1u << (int)(v % 32));
            CompareRegister(vcpu, register + word * 16, expected);
        }
    }

    private void CompareRegister(uint vcpu, uint register, uint expected)
    {
        ref VirtualLocalApic apic = ref _board.Apic(vcpu);
        bool x2 = apic.IsX2Apic;
        ulong value = 0;
        if (x2 && !_board.TryReadMsr(vcpu, register, out value))
            Fail($"{vcpu}: {register:x} faults");
        if (!x2)
            value = LocalApicRegisters<FakeApics.Hardware>.ReadPage(ref apic, register, AccessSize.Word);
        if (value != expected)
            Fail($"{vcpu}: {register:x} reads {value:x}, not {expected:x}");
    }

    private void Fail(string what) => Failure ??= $"{what} after {Trace.LastOrDefault()}";
}
