namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>Finds what somebody probably meant.</summary>
public static class Nearest
{
    /// <summary>The candidate closest to the word, or null when none is close enough to be worth saying.</summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        string plain = Normalise(word);
        string? best = null;
        int bestDistance = Math.Max(1, plain.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(plain, Normalise(candidate));
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>The sentence for a help line, or null.</summary>
    public static string? DidYouMean(string word, IEnumerable<string> candidates) =>
        Find(word, candidates) is { } found ? $"did you mean `{found}`?" : null;

    private static string Normalise(string word) => word.ToLowerInvariant().Replace('-', '_');

    /// <summary>Edits between two words, an exchange of neighbours counting as one.</summary>
    private static int Distance(string from, string to)
    {
        // A long word is no misspelling of a short one; this also bounds the work on hostile input.
        if (Math.Abs(from.Length - to.Length) > 8 || from.Length > 64)
            return int.MaxValue;
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= to.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                int best = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    best = Math.Min(best, cost[i - 2, j - 2] + 1);
                cost[i, j] = best;
            }
        }
        return cost[from.Length, to.Length];
    }
}
