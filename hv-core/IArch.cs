using System;
using Bulkhead.Boot;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead;

/// <summary>
/// What an architecture gives to the portable hypervisor. One struct implements it, all of it static: the compiler
/// specialises the core over that struct and no dispatch is left. Page tables (<see cref="IPageTableFormat"/>) and
/// interrupt controllers are interfaces of their own.
/// </summary>
public interface IArch : IClock, IBoardUart, IBoardImage, IBoardFlash, IRamAccess, IVcpuControl
{
    /// <summary>The run-time state of a guest, whatever the architecture keeps beside it.</summary>
    static abstract ref PartitionCore Partition(int guest);

    /// <summary>The vCPU of a CPU; its Guest is -1 where nobody owns the CPU.</summary>
    static abstract ref VcpuCore Vcpu(int cpu);

    /// <summary>Counts of the clock in a second.</summary>
    static abstract ulong ClockHertz { get; }

    /// <summary>A guest that was loaded is about to run: its time begins, its assigned interrupts are routed.</summary>
    static abstract void BeginGuest(ref PartitionCore partition);

    /// <summary>
    /// A guest has ended and all its CPUs are out of it: its virtual devices are as at their first start, its assigned
    /// ones and their interrupts quiet.
    /// </summary>
    static abstract void ResetGuest(ref PartitionCore partition);

    /// <summary>A word of a device's registers that this CPU's guest has: one access, in program order with the others to the device.</summary>
    static abstract uint ReadDevice(HostPhys register);

    static abstract void WriteDevice(HostPhys register, uint value);

    /// <summary>The guest's console write of a buffer; returns how many bytes were taken.</summary>
    static abstract int WriteConsole(ref VcpuCore vcpu, ReadOnlySpan<byte> text);

    /// <summary>A guest's virtual UART has received bytes.</summary>
    /// <param name="guest">Whose.</param>
    /// <param name="here">The vCPU of the CPU that calls.</param>
    static abstract void UartReceived(int guest, ref VcpuCore here);

    /// <summary>There is room again in the ring of a guest's virtual UART that had been full.</summary>
    static abstract void UartSpaceReturned(int guest, ref VcpuCore here);

    /// <summary>Resets the whole board. Does not return.</summary>
    static abstract void ResetBoard();

    /// <summary>Finds the board's own watchdog, which its first stage may have started; on the first CPU, before others run.</summary>
    static abstract bool TryOpenBoardWatchdog();

    /// <summary>Its time begins anew. Not where it was not found.</summary>
    static abstract void FeedBoardWatchdog(uint milliseconds);

    static abstract void StopBoardWatchdog();

    /// <summary>The interrupt line of its guest's watchdog moves. The watchdog's lock is held.</summary>
    /// <param name="here">A vCPU of the guest, on its CPU.</param>
    /// <param name="asserted">The line's level.</param>
    static abstract void SetWatchdogLine(ref VcpuCore here, bool asserted);

    /// <summary>Where the vCPU was when an exit brought its CPU here; on that CPU.</summary>
    static abstract ulong ProgramCounter(ref VcpuCore vcpu);

    /// <summary>Stops the guest of a vCPU that an interrupt took from its CPU, with report and record of where it was. Does not return.</summary>
    static abstract void StopAtInterrupt(ref VcpuCore vcpu, StopReason reason);

    /// <summary>Stops the board. Does not return.</summary>
    static abstract void Halt();

    /// <summary>Where an interrupt found the guest, into the black box; on the vCPU's own CPU.</summary>
    static abstract void RecordGuest(ref VcpuCore vcpu, StopReason reason);

    /// <summary>What was written there leaves the caches: a reset of the board loses it otherwise.</summary>
    /// <param name="virtualAddress">First byte.</param>
    /// <param name="bytes">How many.</param>
    static abstract void Persist(ulong virtualAddress, ulong bytes);
}
