namespace GrpcRouter;

/// <summary>Finds the name that somebody who mistyped one probably meant.</summary>
internal static class NearestName
{
    /// <returns>The name with the fewest edits, at most a third of its letters; null when there is none.</returns>
    public static string? Of(string text, IEnumerable<string> names) =>
        names.Select(name => (Name: name, Edits: Edits(text, name)))
            .Where(static candidate => candidate.Edits <= Math.Max(1, candidate.Name.Length / 3))
            .OrderBy(static candidate => candidate.Edits)
            .Select(static candidate => candidate.Name)
            .FirstOrDefault();

    // Levenshtein's distance, case aside.
    private static int Edits(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int change = diagonal + (char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
