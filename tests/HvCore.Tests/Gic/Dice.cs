namespace Bulkhead.Tests.Gic;

/// <summary>Small numbers out of one number, always the same ones.</summary>
internal struct Dice(int seed)
{
    private ulong _state = (uint)seed * 0x9e3779b97f4a7c15ul + 1;

    public int Next(int below)
    {
        _state = _state * 6364136223846793005ul + 1442695040888963407ul;
        return (int)((_state >> 33) % (ulong)below);
    }
}
