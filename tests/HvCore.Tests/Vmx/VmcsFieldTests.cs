using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.X86.Vmx;
using Xunit;

namespace Bulkhead.HvCore.Tests.Vmx;

/// <summary>An encoding says what kind of field it is (SDM 3 24.11.2): it must fit the name.</summary>
public sealed class VmcsFieldTests
{
    public static IEnumerable<object[]> Fields() => Enum.GetNames<VmcsField>().Select(name => new object[] { name });

    [Theory]
    [MemberData(nameof(Fields))]
    public void The_type_fits_the_name(string name)
    {
        uint type = (uint)Enum.Parse<VmcsField>(name) >> 10 & 3;
        string[] readOnly =
        [
            "GuestPhysicalAddress", "InstructionError", "ExitReason", "ExitInterruptionInfo", "ExitInterruptionErrorCode", "IdtVectoringInfo",
            "IdtVectoringErrorCode", "ExitInstructionLength", "ExitQualification", "GuestLinearAddress",
        ];
        uint expected = readOnly.Contains(name) ? 1u
            : name is "VmcsLinkPointer" or "PreemptionTimer" || name.StartsWith("Guest", StringComparison.Ordinal) ? 2u
            : name.StartsWith("Host", StringComparison.Ordinal) ? 3u
            : 0u;
        Assert.Equal(expected, type);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void The_width_fits_the_name(string name)
    {
        uint width = (uint)Enum.Parse<VmcsField>(name) >> 13 & 3;
        const uint Bits16 = 0, Bits64 = 1, Bits32 = 2, Natural = 3;
        if (name.EndsWith("Selector", StringComparison.Ordinal) || name == "VirtualProcessorId")
            Assert.Equal(Bits16, width);
        else if (Ends(name, "Base", "Cr0", "Cr3", "Cr4", "Rip", "Rsp", "Rflags", "Dr7", "SysenterEsp", "SysenterEip", "Shadow", "Qualification",
                     "LinearAddress", "PendingDebug") || name is "Cr0Mask" or "Cr4Mask")
            Assert.Equal(Natural, width);
        else if (Ends(name, "Limit", "Access", "Controls", "Count", "Info", "ErrorCode", "Length", "SysenterCs", "Reason", "Error", "Threshold",
                     "Interruptibility", "Activity", "ExceptionBitmap", "ErrorMask", "ErrorMatch", "PreemptionTimer"))
            Assert.Equal(Bits32, width);
        else
            Assert.Equal(Bits64, width);
    }

    [Fact]
    public void Every_field_is_read_whole_and_named_once()
    {
        VmcsField[] fields = Enum.GetValues<VmcsField>();
        Assert.Equal(fields.Length, fields.Distinct().Count());
        // Bit 0 would be the upper half; bits 12, 15 and above are reserved.
        Assert.All(fields, field => Assert.Equal(0u, (uint)field & 0xffff_9001));
    }

    /// <summary>The four parts of a segment register have one index in their groups, in the order of the encoding.</summary>
    [Fact]
    public void Segment_registers_are_in_order()
    {
        string[] registers = ["Es", "Cs", "Ss", "Ds", "Fs", "Gs", "Ldtr", "Tr"];
        foreach (string part in new[] { "Selector", "Limit", "Access", "Base" })
        {
            uint first = (uint)Enum.Parse<VmcsField>($"GuestEs{part}");
            for (uint i = 0; i < registers.Length; i++)
                Assert.Equal(first + 2 * i, (uint)Enum.Parse<VmcsField>($"Guest{registers[i]}{part}"));
        }
    }

    private static bool Ends(string name, params string[] ends) => ends.Any(end => name.EndsWith(end, StringComparison.Ordinal));
}
