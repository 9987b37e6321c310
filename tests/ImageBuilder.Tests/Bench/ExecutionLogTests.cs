using Bulkhead.ImageBuilder;
using Bulkhead.ImageBuilder.Bench;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Bench;

public class ExecutionLogTests
{
    private const string Three = """
        ----------------
        IN: _start
        0x4000000120:  f94007e8  ldr      x8, [sp, #8]
        0x4000000124:  f9400108  ldr      x8, [x8]
        0x4000000128:  d65f03c0  ret

        """;

    private const string TraceA = "Trace 0: 0x7f628c014a40 [0000000000000000/0000004000000120/00000061/ff020200] _start\n";

    private static List<ExecutedBlock> Read(string log)
    {
        List<ExecutedBlock> blocks = [];
        new ExecutionLog(blocks.Add).Read(new StringReader(log));
        return blocks;
    }

    [Fact]
    public void A_block_has_as_many_instructions_as_were_listed_whenever_it_runs_again() =>
        Assert.Equal([new(0, 0x40_0000_0120, 3), new(0, 0x40_0000_0120, 3)], Read(Three + TraceA + TraceA));

    [Fact]
    public void Each_cpu_runs_for_itself() =>
        Assert.Equal([0, 3], Read(Three + TraceA + TraceA.Replace("Trace 0", "Trace 3")).Select(block => block.Cpu));

    [Fact]
    public void A_block_that_icount_stopped_before_it_began_is_not_counted() =>
        Assert.Single(Read(Three + TraceA + "Stopped execution of TB chain before 0x7f628c014a40 [0000004000000120] _start\n" + TraceA));

    // The access to a device at 124 is taken back and runs alone, then the rest.
    [Fact]
    public void A_block_taken_back_at_a_device_access_counts_only_what_came_before()
    {
        const string alone = """
            cpu_io_recompile: rewound execution of TB to 0000004000000124
            ----------------
            IN: _start
            0x4000000124:  f9400108  ldr      x8, [x8]

            Trace 0: 0x7f628c014b40 [0000000000000000/0000004000000124/00000061/ff030001] _start
            """;
        Assert.Equal([1, 1], Read(Three + TraceA + alone).Select(block => block.Instructions));
    }

    // The same translation buffer, filled anew.
    [Fact]
    public void A_translation_that_replaces_another_counts_its_own() =>
        Assert.Equal([3, 2], Read(Three + TraceA + Three.Replace("0x4000000128:  d65f03c0  ret\n", "") + TraceA).Select(block => block.Instructions));

    [Fact]
    public void What_was_never_listed_is_refused() => Assert.Throws<BuildException>(() => Read(TraceA));

    // A PC's: instructions of any length, those of more than eight bytes on two lines.
    private const string ThreeOfPc = """
        ----------------
        IN: EnterSvm
        0xffffffff80002439:  48 c7 05 fc ff ff ff 00  movq     $0, -4(%rip)
        0xffffffff80002441:  00
        0xffffffff80002442:  41 83 bf e8 00 00 00 00  cmpl     $0, 0xe8(%r15)
        0xffffffff8000244a:  c3                       retq     

        """;

    private const string TraceOfPc = "Trace 0: 0x7f065f664940 [00000000/ffffffff80002439/00d0c2b0/ff022200] EnterSvm\n";

    [Fact]
    public void An_instruction_on_two_lines_is_one() => Assert.Equal(3, Read(ThreeOfPc + TraceOfPc).Single().Instructions);

    [Fact]
    public void A_block_taken_back_on_a_PC_counts_the_instructions_before()
    {
        const string alone = """
            cpu_io_recompile: rewound execution of TB to ffffffff8000244a
            ----------------
            IN: EnterSvm
            0xffffffff8000244a:  c3                       retq

            Trace 0: 0x7f065f664a40 [00000000/ffffffff8000244a/00d0c2b0/ff030001] EnterSvm
            """;
        Assert.Equal([2, 1], Read(ThreeOfPc + TraceOfPc + alone).Select(block => block.Instructions));
    }

    [Fact]
    public void The_block_behind_an_exit_knows_it() =>
        Assert.Equal([new SvmExit(0x7b, 0x3fd0011, 0x200b39), null],
            Read("vmexit(0000007b, 0000000003fd0011, 0000000000200b39, 0000000000200b38)!\n" + ThreeOfPc + TraceOfPc + TraceOfPc).Select(block => block.Exit));

    // 108h is where VMRUN goes on.
    private const string Vmrun = "IN: \n0x00000100:  90  nop\n0x00000105:  0f 01 d8  vmrun  rax\n\nTrace 0: 0x7f0000000100 [0/0000000000000100/0/0] \n",
        Behind = "IN: \n0x00000108:  90  nop\n\n", Other = "IN: \n0x00000200:  90  nop\n\nTrace 1: 0x7f0000000200 [0/0000000000000200/0/0] \n",
        TraceBehind = "Trace 0: 0x7f0000000108 [0/0000000000000108/0/0] \n", AnExit = "vmexit(00000060, 0000000000000000, 0000000000000000, 0000000000200b38)!\n";

    [Fact]
    public void Another_CPU_that_runs_first_does_not_take_the_exit() =>
        Assert.Equal([null, null, new SvmExit(0x60, 0, 0)], Read(Vmrun + AnExit + Other + Behind + TraceBehind).Select(block => block.Exit));

    [Fact]
    public void A_block_that_icount_stopped_before_it_began_leaves_its_exit_to_the_next() =>
        Assert.Equal([null, null, new SvmExit(0x60, 0, 0)],
            Read(Vmrun + AnExit + Behind + TraceBehind + "Stopped execution of TB chain before 0x7f0000000108 [0000000000000108] \n" + Other + TraceBehind).Select(block => block.Exit));

    [Fact]
    public void Nor_does_the_exit_of_another_CPU_meanwhile() =>
        Assert.Equal([null, new SvmExit(0x60, 0, 0), new SvmExit(0x72, 0, 0)],
            Read(Vmrun + AnExit + Behind + TraceBehind + "Stopped execution of TB chain before 0x7f0000000108 [0000000000000108] \n"
                + AnExit.Replace("60,", "72,") + TraceBehind + TraceBehind.Replace("Trace 0", "Trace 1")).Select(block => block.Exit));

    [Fact]
    public void Nothing_after_the_end_is_read() => Assert.Single(Read(Three + TraceA + "end of log\n" + TraceA));
}
