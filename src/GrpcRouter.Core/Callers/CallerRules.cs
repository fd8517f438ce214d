namespace GrpcRouter;

/// <summary>What the door asks of callers, made from the options that count. It never changes.</summary>
internal sealed class CallerRules(RouterOptions options, ApiKeyTable? keys)
{
    /// <summary>The API keys; null: there are none.</summary>
    public ApiKeyTable? Keys => keys;

    /// <summary>Whose calls there are; null: nobody's in particular.</summary>
    public TenantRules? Tenants { get; } = TenantRules.Create(options.Tenants);

    /// <inheritdoc cref="CallerOptions.NameClaim"/>
    public string? NameClaim { get; } = options.Callers.NameClaim;

    /// <inheritdoc cref="CallerOptions.ForwardAuthorization"/>
    public bool ForwardsAuthorization { get; } = options.Callers.ForwardAuthorization;
}
