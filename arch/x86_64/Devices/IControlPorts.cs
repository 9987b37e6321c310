namespace Bulkhead.X86.Devices;

/// <summary>The ports of a control guest's second UART.</summary>
/// <typeparam name="TContext">Whose access it is.</typeparam>
public interface IControlPorts<TContext> where TContext : struct
{
    static abstract uint Read(ref TContext context, uint offset);

    static abstract void Write(ref TContext context, uint offset, byte value);
}
