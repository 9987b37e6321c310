namespace Bulkhead.X86.Decode;

/// <summary>What an emulation leaves beside the registers: material for a report or for an injected fault.</summary>
public struct Emulation
{
    /// <summary>The instruction's, as fetched; empty where nothing could be fetched.</summary>
    public InstructionBytes Bytes;

    public MemoryInstruction Instruction;

    /// <summary>Counts with <see cref="EmulationStatus.PageFault"/>.</summary>
    public PageFault Fault;
}
