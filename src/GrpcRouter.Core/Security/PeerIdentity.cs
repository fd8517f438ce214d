namespace GrpcRouter;

/// <summary>Who a peer, an instance or a caller, has proved to be.</summary>
/// <param name="Scheme">How it was proved: one of <see cref="PeerIdentitySchemes"/>, or a scheme of the application's own.</param>
/// <param name="Name">The one name that it goes by in policies, limits, logs and headers.</param>
public sealed record PeerIdentity(string Scheme, string Name)
{
    /// <summary>All names that were proved, <see cref="Name"/> among them, such as each subject alternative name of a certificate.</summary>
    public IReadOnlyList<string> Names { get; init; } = [Name];

    /// <summary>What the credential says besides, by key. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>When the credential ends to be valid; null: not known.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}:{Name}";
}
