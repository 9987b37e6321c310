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
        HypervisorChoice<BootFlash> choice = default;
        choice.Flash = new BootFlash(config->Flash);
        Loader loader = new(config);
        if (choice.TryLoad(in *config, ref loader, out StartedSlot started))
            StartHypervisor(config->HypervisorRam.Base.Value, config->Flash.Base.Value, config->Flash.Size, started.Word);
    }

    private readonly struct Loader(FirstStageConfig* config) : IHypervisorLoader<BootFlash>
    {
        public HypervisorFault Load(ref BootFlash flash, ImageRange slot, ulong rollback)
        {
            byte* source = (byte*)(config->Flash.Base.Value + slot.Offset);
            HypervisorFault fault = HypervisorReader.Check(
                new(source, HypervisorHeader.StoredSize), slot.Size, config->HypervisorRam.Size, rollback, in config->Roots, out HypervisorHeader header);
            if (fault != HypervisorFault.None)
                return fault;
            int size = (int)header.BinarySize;
            Span<byte> copy = new((void*)config->HypervisorRam.Base.Value, size);
            new ReadOnlySpan<byte>(source + HypervisorHeader.StoredSize, size).CopyTo(copy);

            // What is checked is the copy that will run.
            Digest256 digest = default;
            Sha256.Compute(copy, ref digest);
            if (!Sha256.AreEqual(in digest, in header.Digest))
                return HypervisorFault.OtherBinary;
            CleanRange(config->HypervisorRam.Base.Value, (ulong)size);
            return HypervisorFault.None;
        }

        // No board of this kind has a watchdog that is known here.
        public void Starts(bool isOnTrial)
        {
        }

        public void Say(ReadOnlySpan<byte> text) => new EarlyUart(config->Uart).Write(text);
    }

    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address)
    {
        while (true)
            ;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "StartHypervisor")]
    private static extern void StartHypervisor(ulong entry, ulong image, ulong imageSize, uint started);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "CleanRange")]
    private static extern void CleanRange(ulong start, ulong bytes);
}
