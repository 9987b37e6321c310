using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Arm64.FirstStage;

/// <summary>
/// Finds the hypervisor in the slot that the state record says, or else in the other one, copies it to RAM, checks the
/// copy's digest and starts it.
/// </summary>
internal static unsafe class FirstStage
{
    [RuntimeExport("FirstStageMain")]
    private static void Main(FirstStageConfig* config)
    {
        if (config->Magic != FirstStageConfig.ExpectedMagic)
            return;
        EarlyUart uart = new(config->Uart);
        HypervisorChoice<BootFlash> choice = default;
        choice.Flash = new BootFlash(config->Flash);
        int slot = choice.Begin(in *config);
        bool isFound = Load(config, ref choice, slot, uart);
        if (!isFound && choice.HasOther(out slot) && Load(config, ref choice, slot, uart))
        {
            choice.TakeOther();
            isFound = true;
        }
        if (isFound)
            StartHypervisor(config->HypervisorRam.Base.Value, config->Flash.Base.Value, config->Flash.Size);
        uart.Write("first stage: no usable hypervisor in either slot; write the image to flash again\r\n"u8);
    }

    private static bool Load(FirstStageConfig* config, ref HypervisorChoice<BootFlash> choice, int which, EarlyUart uart)
    {
        ImageRange slot = choice.Slot(which);
        ReadOnlySpan<byte> name = which == 0 ? "a"u8 : "b"u8;
        byte* source = (byte*)(config->Flash.Base.Value + slot.Offset);
        HypervisorFault fault = HypervisorReader.Check(
            new(source, HypervisorHeader.StoredSize), slot.Size, config->HypervisorRam.Size, choice.Rollback, in config->Roots, out HypervisorHeader header);
        if (fault != HypervisorFault.None)
            return Refuse(uart, name, HypervisorFaultText.Of(fault));
        int size = (int)header.BinarySize;
        Span<byte> copy = new((void*)config->HypervisorRam.Base.Value, size);
        new ReadOnlySpan<byte>(source + HypervisorHeader.StoredSize, size).CopyTo(copy);

        // What is checked is the copy that will run.
        Digest256 digest = default;
        Sha256.Compute(copy, ref digest);
        if (!Sha256.AreEqual(in digest, in header.Digest))
            return Refuse(uart, name, HypervisorFaultText.Of(HypervisorFault.OtherBinary));
        CleanRange(config->HypervisorRam.Base.Value, (ulong)size);
        return true;
    }

    private static bool Refuse(EarlyUart uart, ReadOnlySpan<byte> slot, ReadOnlySpan<byte> reason)
    {
        uart.Write("first stage: hypervisor slot "u8);
        uart.Write(slot);
        uart.Write(" "u8);
        uart.Write(reason);
        uart.Write("\r\n"u8);
        return false;
    }

    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address)
    {
        while (true)
            ;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "StartHypervisor")]
    private static extern void StartHypervisor(ulong entry, ulong image, ulong imageSize);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "CleanRange")]
    private static extern void CleanRange(ulong start, ulong bytes);
}
