using System.Globalization;

namespace GrpcRouter.Chaos;

/// <summary>A line of a journal.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Call">To which call.</param>
/// <param name="Text">How the call ended, or what was wrong with it.</param>
internal readonly record struct JournalEntry(JournalKind Kind, long Call, string Text)
{
    /// <summary>The handler returned its answer.</summary>
    public const string Ok = "ok";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Call} {Text}");

    /// <summary>Reads a line; null for the piece of one that a killed process may leave at the end.</summary>
    public static JournalEntry? Parse(string line)
    {
        string[] parts = line.Split(' ', 3);
        return parts.Length == 3 && Enum.TryParse(parts[0], out JournalKind kind) && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long call)
            ? new JournalEntry(kind, call, parts[2])
            : null;
    }
}
