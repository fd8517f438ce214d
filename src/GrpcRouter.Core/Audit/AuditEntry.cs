namespace GrpcRouter;

/// <summary>Something that happened and that must not be forgotten: who may do what, and who did it.</summary>
/// <param name="Event">What happened; one of <see cref="AuditEvents"/>.</param>
public sealed record AuditEntry(string Event)
{
    /// <summary>The service concerned; null: none, or all.</summary>
    public string? Service { get; init; }

    /// <summary>The id of the instance concerned.</summary>
    public string? Instance { get; init; }

    /// <summary>The address of whoever did it.</summary>
    public string? Peer { get; init; }

    /// <summary>Who did it, as <see cref="PeerIdentity.ToString"/> says.</summary>
    public string? Identity { get; init; }

    /// <summary>Why, for people. Never a secret.</summary>
    public string? Reason { get; init; }

    /// <summary>What else there is to say, by key. Never a secret.</summary>
    public IReadOnlyDictionary<string, string>? Details { get; init; }
}
