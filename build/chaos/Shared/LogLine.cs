namespace GrpcRouter.Chaos;

/// <summary>What a host logged.</summary>
/// <param name="Level">Its level, as in LogLevel.</param>
/// <param name="Category">Who logged.</param>
/// <param name="Event">The event's name; may be empty.</param>
/// <param name="Text">Message and exception.</param>
internal sealed record LogLine(int Level, string Category, string Event, string Text)
{
    public override string ToString() => $"{Category} {Event}: {Text}";
}
