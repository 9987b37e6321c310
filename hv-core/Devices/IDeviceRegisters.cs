namespace Bulkhead.Devices;

/// <summary>The registers of a virtual device, as a guest's loads and stores or IN and OUT reach them.</summary>
/// <typeparam name="TContext">Whose access it is.</typeparam>
public interface IDeviceRegisters<TContext> where TContext : struct
{
    /// <param name="context">Whose access it is.</param>
    /// <param name="offset">From the device's first byte or port.</param>
    /// <param name="size">Of the access.</param>
    static abstract uint Read(ref TContext context, uint offset, AccessSize size);

    /// <inheritdoc cref="Read"/>
    static abstract void Write(ref TContext context, uint offset, AccessSize size, uint value);
}
