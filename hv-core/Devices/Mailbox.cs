namespace Bulkhead.Devices;

/// <summary>A control guest's mailbox: a page of registers of 32 bits, and a buffer in its RAM (docs/abi.md, the mailbox).</summary>
public static class Mailbox
{
    public const ulong RegistersSize = 0x1000;
    public const ulong BufferSize = 0x1_0000;

    /// <summary>Reads as <see cref="IdentityValue"/>.</summary>
    public const uint Identity = 0x00;
    /// <summary>Guest physical address of the buffer.</summary>
    public const uint BufferLow = 0x04, BufferHigh = 0x08;
    /// <summary>Written: the command in the buffer is carried out, with as many bytes of its data.</summary>
    public const uint Doorbell = 0x0c;

    /// <summary>"BHM1" read as a little-endian number.</summary>
    public const uint IdentityValue = 0x314d4842;

    /// <summary>In the buffer: the command, up to a CR, an LF or a zero.</summary>
    public const uint Line = 0;
    /// <summary>In the buffer: the answer's lines, each ended by LF, and a zero.</summary>
    public const uint Answer = 0x1000, AnswerSize = 0x1000;
    /// <summary>In the buffer: what goes with `data`.</summary>
    public const uint Data = 0x2000, DataSize = 0xe000;
}
