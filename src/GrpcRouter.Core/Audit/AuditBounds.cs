namespace GrpcRouter;

/// <summary>Cuts what an entry says to what one may, before it waits to be written: names and reasons come from peers.</summary>
internal static class AuditBounds
{
    /// <summary>Longest text, in characters.</summary>
    public const int Text = 1024;

    /// <summary>Longest key of a detail.</summary>
    public const int Key = 64;

    /// <summary>Most details.</summary>
    public const int Details = 32;

    /// <summary>Gives the entry itself when it is within its bounds.</summary>
    public static AuditEntry Cut(AuditEntry entry) => IsWithin(entry) ? entry : new AuditEntry(Cut(entry.Event)!)
    {
        Service = Cut(entry.Service),
        Instance = Cut(entry.Instance),
        Peer = Cut(entry.Peer),
        Identity = Cut(entry.Identity),
        Reason = Cut(entry.Reason),
        Details = Cut(entry.Details),
    };

    private static bool IsWithin(AuditEntry entry) =>
        Fits(entry.Event) && Fits(entry.Service) && Fits(entry.Instance) && Fits(entry.Peer) && Fits(entry.Identity) && Fits(entry.Reason)
        && (entry.Details is null || (entry.Details.Count <= Details && entry.Details.All(static pair => pair.Key.Length <= Key && Fits(pair.Value))));

    private static bool Fits(string? text) => text is null || text.Length <= Text;

    private static string? Cut(string? text) => Fits(text) ? text : string.Concat(text.AsSpan(0, Text - 1), "…");

    private static Dictionary<string, string>? Cut(IReadOnlyDictionary<string, string>? details)
    {
        if (details is null)
        {
            return null;
        }

        Dictionary<string, string> cut = new(StringComparer.Ordinal);
        foreach ((string key, string value) in details.Take(Details))
        {
            cut.TryAdd(key.Length > Key ? key[..Key] : key, Cut(value)!);
        }

        return cut;
    }
}
