namespace GrpcRouter;

/// <summary>Who calls, as the router has made sure.</summary>
/// <param name="Scheme">How it was proved: <c>certificate</c>, <c>api-key</c>, or the type of the router's ASP.NET Core authentication.</param>
/// <param name="Name">The name that the caller goes by.</param>
public sealed record CallerIdentity(string Scheme, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}:{Name}";
}
