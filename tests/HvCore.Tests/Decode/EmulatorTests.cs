using System;
using System.Linq;
using Bulkhead.Memory;
using Bulkhead.X86.Decode;
using Xunit;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>From the exit to the registers behind the instruction: fetch, decode, strings between RAM, devices and ports.</summary>
public sealed class EmulatorTests
{
    private const ulong Code = 0x40_0000, Data = 0x50_0000, Device = 0x60_0000;
    private const ulong CodePage = TestMachine.RamBase + 0x20000, DataPage = TestMachine.RamBase + 0x30000;
    private const ulong Rights = 6, Trap = 1 << 8, Direction = 1 << 10, Resume = 1 << 16;

    private readonly TestMachine _machine = new() { Device = new byte[4096] };
    private readonly TableWriter _tables;
    private GuestRegisters _registers;
    private Emulation _emulation;

    public EmulatorTests()
    {
        _tables = new TableWriter(_machine, PagingKind.Levels4, new Random(10));
        _tables.Map(Code, CodePage, 3, Rights);
        _tables.Map(Data, DataPage, 3, Rights);
        _tables.Map(Data + 0x1000, DataPage + 0x5000, 3, Rights);
        _tables.Map(Device, _machine.DeviceBase, 3, Rights);
        _registers.Rip = Code + 0xff8;
        _registers.Rflags = 2 | Resume;
    }

    [Fact]
    public void A_load_from_a_device()
    {
        _machine.Device[0x30] = 0x14;
        Put(0x8b, 0x41, 0x30);                                          // mov eax, [rcx+0x30]
        _registers[GuestRegisters.Rcx] = Device;
        _registers[GuestRegisters.Rax] = ~0ul;
        Assert.Equal(EmulationStatus.Done, Access(0x30));
        Assert.Equal(0x14ul, _registers[GuestRegisters.Rax]);
        Assert.Equal(Code + 0xffb, _registers.Rip);
        Assert.Equal(0ul, _registers.Rflags & Resume);
    }

    [Fact]
    public void An_address_that_is_not_the_instructions_is_tried_again()
    {
        Put(0x8b, 0x41, 0x30);
        _registers[GuestRegisters.Rcx] = Device;
        GuestRegisters before = _registers;
        Assert.Equal(EmulationStatus.Retry, Access(0x40));
        AssertUnchanged(before);
    }

    [Fact]
    public void What_is_not_emulated_is_named()
    {
        Put(0x0f, 0x11, 0x01);                                          // movups [rcx], xmm0
        GuestRegisters before = _registers;
        Assert.Equal(EmulationStatus.NotSupported, Access(0));
        Assert.Equal(0x0f, _emulation.BytesAt(_registers.Rip)[0]);
        Assert.Equal(0x11, _emulation.BytesAt(_registers.Rip)[1]);
        AssertUnchanged(before);
    }

    [Fact]
    public void An_operand_across_two_pages_is_not_emulated()
    {
        Put(0x8b, 0x01);
        _registers[GuestRegisters.Rcx] = Device + 0xffe;
        Assert.Equal(EmulationStatus.NotSupported, Access(0xffe));
        Assert.Empty(_machine.Log);
    }

    [Fact]
    public void An_instruction_whose_pages_are_gone_is_tried_again()
    {
        Put(0x8b, 0x01);
        _registers[GuestRegisters.Rcx] = Device;
        _machine.SetEntry(_tables.Path(Code)[^1].Address, 0);
        Assert.Equal(EmulationStatus.Retry, Access(0));
    }

    [Fact]
    public void RIP_wraps_with_32_bits()
    {
        _machine.Mode = CpuMode.Bits32;
        (_machine.Cr0, _machine.Efer) = (1, 0);
        _machine.SegmentBases[(int)Segment.Cs] = CodePage + 0x1000;     // an offset of 4 GiB - 2 lies below it
        _registers.Rip = 0xffff_fffe;
        _machine.Ram[0x20ffe] = 0x8b;
        _machine.Ram[0x20fff] = 0x01;
        _registers[GuestRegisters.Rcx] = _machine.DeviceBase;
        Assert.Equal(EmulationStatus.Done, Access(0));
        Assert.Equal(0ul, _registers.Rip);
    }

    /// <summary>REP MOVSD from a device to RAM that begins unaligned and crosses a page.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_string_from_a_device_to_RAM(bool backwards)
    {
        new Random(11).NextBytes(_machine.Device);
        Put(0xf3, 0xa5);
        const uint Count = 20;
        ulong start = Data + 0x1000 - 6;
        uint last = backwards ? 4 * (Count - 1) : 0;
        _registers[GuestRegisters.Rcx] = Count;
        _registers[GuestRegisters.Rsi] = Device + 0x100 + last;
        _registers[GuestRegisters.Rdi] = start + last;
        _registers.Rflags |= backwards ? Direction : 0;
        Assert.Equal(EmulationStatus.Done, Access(0x100 + last));
        byte[] got = [.. Enumerable.Range(0, (int)Count * 4).Select(i => _machine.Ram[RamOffset(start + (ulong)(uint)i)])];
        Assert.Equal(_machine.Device.AsSpan(0x100, (int)Count * 4).ToArray(), got);
        Assert.Equal(0ul, _registers[GuestRegisters.Rcx]);
        Assert.Equal(Code + 0xffa, _registers.Rip);
        Assert.Equal(backwards ? start - 4 : start + 4 * Count, _registers[GuestRegisters.Rdi]);
        Assert.All(_machine.Log, line => Assert.Equal("read 4", line));
        Assert.NotEqual(0ul, _machine.Entry(_tables.Path(Data)[^1].Address) & 0x40);
    }

    [Fact]
    public void A_single_step_in_a_string_is_one_element()
    {
        Put(0xf3, 0xaa);                                                // rep stosb
        _registers[GuestRegisters.Rcx] = 3;
        _registers[GuestRegisters.Rdi] = Device;
        _registers.Rflags |= Trap;
        for (ulong left = 3; left != 0; left--)
        {
            Assert.Equal(Code + 0xff8, _registers.Rip);
            Assert.Equal(EmulationStatus.Done, Access(3 - left));
            Assert.Equal(left - 1, _registers[GuestRegisters.Rcx]);
        }
        Assert.Equal(Code + 0xffa, _registers.Rip);
    }

    [Fact]
    public void A_long_string_takes_several_exits()
    {
        Put(0xf3, 0xaa);                                                // rep stosb
        _registers[GuestRegisters.Rcx] = 1000;
        _registers[GuestRegisters.Rdi] = Device;
        _registers[GuestRegisters.Rax] = 0xab;
        int exits = 0;
        for (; _registers.Rip == Code + 0xff8; exits++)
            Assert.Equal(EmulationStatus.Done, Access(_registers[GuestRegisters.Rdi] - Device));
        Assert.InRange(exits, 2, 100);
        Assert.Equal(1000, _machine.Device.TakeWhile(b => b == 0xab).Count());
        Assert.Equal(1000, _machine.Log.Count);
    }

    [Fact]
    public void A_page_fault_inside_a_string_leaves_the_registers_at_its_element()
    {
        Put(0xf3, 0xa4);                                                // rep movsb
        _registers[GuestRegisters.Rcx] = 10;
        _registers[GuestRegisters.Rsi] = Device;
        _registers[GuestRegisters.Rdi] = Data + 0x2000 - 3;             // what follows is not mapped
        Assert.Equal(EmulationStatus.PageFault, Access(0));
        Assert.Equal(7ul, _registers[GuestRegisters.Rcx]);
        Assert.Equal(Device + 3, _registers[GuestRegisters.Rsi]);
        Assert.Equal(Data + 0x2000, _registers[GuestRegisters.Rdi]);
        Assert.Equal(Data + 0x2000, _emulation.Fault.Address);
        Assert.Equal(LinearAccess.Write, _emulation.Fault.Code);
        Assert.Equal(Code + 0xff8, _registers.Rip);
        Assert.Equal(3, _machine.Log.Count);                            // no device was read for an element that cannot land
    }

    [Fact]
    public void User_mode_has_user_rights()
    {
        _machine.Cpl = 3;
        _machine.SetEntry(_tables.Path(Data)[^1].Address, DataPage | 3);
        Put(0xa4);
        _registers[GuestRegisters.Rsi] = Device;
        _registers[GuestRegisters.Rdi] = Data;
        Assert.Equal(EmulationStatus.PageFault, Access(0));
        Assert.Equal(LinearAccess.Write | LinearAccess.User | LinearAccess.Present, _emulation.Fault.Code);
    }

    [Fact]
    public void A_string_outside_the_canonical_addresses()
    {
        Put(0xa4);
        _registers[GuestRegisters.Rsi] = Device;
        _registers[GuestRegisters.Rdi] = 0x8000_0000_0000;
        Assert.Equal(EmulationStatus.GeneralProtection, Access(0));
        Assert.Empty(_machine.Log);
    }

    [Theory]
    [InlineData(0x6c, 1)]
    [InlineData(0x6d, 4)]
    public void A_port_into_RAM(byte opcode, int size)
    {
        for (uint i = 0; i < 5; i++)
            _machine.PortInput.Enqueue(0x41 + i);
        Put(0xf3, opcode);
        _registers[GuestRegisters.Rcx] = 5;
        _registers[GuestRegisters.Rdx] = 0x1_03f8;
        _registers[GuestRegisters.Rdi] = Data + 0xffe;
        Assert.Equal(EmulationStatus.Done, StringPort());
        for (int i = 0; i < 5; i++)
            Assert.Equal(0x41 + i, _machine.Ram[RamOffset(Data + 0xffe + (ulong)(uint)(i * size))]);
        Assert.All(_machine.Log, line => Assert.Equal($"in 3f8 {size}", line));
        Assert.Equal(Code + 0xffa, _registers.Rip);
    }

    [Fact]
    public void RAM_to_a_port_by_a_segment_with_a_base()
    {
        "Bulkhead"u8.CopyTo(_machine.Ram.AsSpan(RamOffset(Data + 0x10)));
        Put(0xf3, 0x65, 0x6e);                                          // rep outs dx, byte ptr gs:[rsi]
        _machine.SegmentBases[(int)Segment.Gs] = Data;
        _registers[GuestRegisters.Rcx] = 8;
        _registers[GuestRegisters.Rsi] = 0x10;
        Assert.Equal(EmulationStatus.Done, StringPort());
        Assert.Equal("Bulkhead"u8.ToArray(), _machine.PortOutput.Select(value => (byte)value));
    }

    [Fact]
    public void A_count_of_nothing_does_nothing()
    {
        Put(0xf3, 0x67, 0xaa);                                          // rep stosb with ECX
        _registers[GuestRegisters.Rcx] = 1ul << 32;
        _registers[GuestRegisters.Rdi] = 0xdead_0000;
        Assert.Equal(EmulationStatus.Done, Access(0));
        Assert.Empty(_machine.Log);
        Assert.Equal(Code + 0xffb, _registers.Rip);
    }

    [Fact]
    public void An_exit_for_a_port_and_an_access_are_not_mixed_up()
    {
        Put(0x6e);
        Assert.Equal(EmulationStatus.Retry, Access(0));
        Put(0xaa);
        Assert.Equal(EmulationStatus.Retry, StringPort());
    }

    /// <summary>
    /// An emulator that remembers and one that does not, on a guest that rewrites its code, its tables, CR3 and CR4
    /// between two exits: the same end, every time.
    /// </summary>
    [Fact]
    public void What_is_remembered_is_what_is_there()
    {
        var random = new Random(12);
        byte[][] codes = [[0x8b, 0x41, 0x30], [0x89, 0x41, 0x30], [0x83, 0x49, 0x30, 0x01], [0x0f, 0x11, 0x41, 0x30], [0x8a, 0x61, 0x30]];
        var other = new TableWriter(_machine, PagingKind.Levels4, random, 16);
        ulong rip = Code + 0x100;
        other.Map(Code, CodePage, 2, Rights);
        ulong otherCr3 = _machine.Cr3;
        ulong cr3 = otherCr3 - 16 * 4096 & ~0xffful;
        _machine.Device = new byte[4096];
        var statuses = new int[5];
        for (int i = 0; i < 20_000; i++)
        {
            switch (random.Next(14))
            {
                case 0:
                    codes[random.Next(codes.Length)].CopyTo(_machine.Ram, RamOffset(CodePage + (ulong)(uint)random.Next(2) * 0x1000 + (rip & 0xfff)));
                    break;
                case 1:
                    var path = (random.Next(2) == 0 ? _tables : other).Path(rip);
                    var (address, entry) = path[random.Next(path.Count)];
                    bool isLeaf = entry.Below is null;
                    ulong bits = random.Next(2) == 0 ? entry.Bits & ~1ul : isLeaf ? entry.Bits ^ 0x1000 : entry.Bits | 1ul << 52;
                    _machine.SetEntry(address, bits);
                    break;
                case 2:
                    _machine.Cr3 = random.Next(8) switch { 0 => 0, < 4 => otherCr3, _ => cr3 };
                    break;
                case 3:
                    _machine.Cr4 = random.Next(8) == 0 ? 0x1020ul : 0x20;
                    break;
                case 4:
                    _machine.Mode = random.Next(8) == 0 ? CpuMode.Bits32 : CpuMode.Bits64;
                    break;
                case 6:
                    foreach (var (place, good) in _tables.Path(rip).Concat(other.Path(rip)))
                        _machine.SetEntry(place, good.Bits);
                    break;
                case 5 or 7:
                    rip = Code + (ulong)(uint)random.Next(48) * 0x40;
                    break;
            }
            _registers.Rip = rip;
            _registers[GuestRegisters.Rcx] = 0;
            GuestRegisters fresh = _registers;
            Emulation nothing = default;
            var guest = new TestGuest(_machine);
            GuestPhys address30 = new(_machine.DeviceBase + 0x30);
            EmulationStatus expected = Emulator<TestGuest>.Access(ref guest, ref nothing, ref fresh, address30);
            EmulationStatus status = Emulator<TestGuest>.Access(ref guest, ref _emulation, ref _registers, address30);
            Assert.Equal(expected, status);
            AssertUnchanged(fresh);
            statuses[(int)status]++;
        }
        Assert.True(statuses[0] > 1000 && statuses[1] > 1000 && statuses[4] > 100, string.Join(", ", statuses));
    }

    private EmulationStatus Access(ulong offset)
    {
        var guest = new TestGuest(_machine);
        return Emulator<TestGuest>.Access(ref guest, ref _emulation, ref _registers, new(_machine.DeviceBase + offset));
    }

    private EmulationStatus StringPort()
    {
        var guest = new TestGuest(_machine);
        return Emulator<TestGuest>.StringPort(ref guest, ref _emulation, ref _registers);
    }

    // The last bytes of the page: what follows is not mapped, and not needed.
    private void Put(params byte[] code) => code.CopyTo(_machine.Ram, RamOffset(CodePage + 0xff8));

    private static int RamOffset(ulong address) => (int)(address switch
    {
        >= TestMachine.RamBase and < TestMachine.RamBase + TestMachine.RamPages * 4096 => address,
        < Data + 0x1000 => address - Data + DataPage,
        _ => address - Data - 0x1000 + DataPage + 0x5000,
    } - TestMachine.RamBase);

    private void AssertUnchanged(in GuestRegisters before)
    {
        for (byte i = 0; i < 16; i++)
            Assert.Equal(before[i], _registers[i]);
        Assert.Equal((before.Rip, before.Rflags), (_registers.Rip, _registers.Rflags));
    }
}
