using System;

namespace Bulkhead.Simulation;

/// <summary>
/// How often each of several things happens, drawn anew for each power cycle: what seldom meets while everything
/// happens does where little else does (Groce et al., Swarm Testing, ISSTA 2012).
/// </summary>
internal sealed class Habits
{
    private readonly int[] _weights;
    private readonly int _sum;

    /// <param name="dice">Whose choice it is.</param>
    /// <param name="usual">Each thing's weight where all are as they usually are.</param>
    public Habits(Dice dice, params ReadOnlySpan<int> usual)
    {
        _weights = usual.ToArray();
        if (!dice.OneIn(3))
        {
            foreach (ref int weight in _weights.AsSpan())
                weight *= dice.Of(0, 0, 1, 8);
        }
        foreach (int weight in _weights)
            _sum += weight;
        if (_sum != 0)
            return;
        _weights[dice.Next(_weights.Length)] = 1;
        _sum = 1;
    }

    /// <summary>The index of one of the things.</summary>
    public int Choose(Dice dice)
    {
        int left = dice.Next(_sum), chosen = 0;
        while (left >= _weights[chosen])
            left -= _weights[chosen++];
        return chosen;
    }
}
