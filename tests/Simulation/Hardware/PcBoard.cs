namespace Bulkhead.Simulation.Hardware;

internal sealed class PcBoard(Life life, byte[] ram, byte[] image) : object
{
}
