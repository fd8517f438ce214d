namespace GrpcRouter;

/// <summary>Keeps what callers are judged by in step with the options.</summary>
internal sealed class CallerDoor
{
    private readonly ApiKeyUsage usage;
    private CallerRules rules;

    public CallerDoor(RouterHub hub)
    {
        usage = new ApiKeyUsage(() => rules?.Keys);
        rules = Make(hub.Options);
        hub.OptionsChanged += changed =>
        {
            Volatile.Write(ref rules, Make(changed));
            usage.Forget();
        };
    }

    /// <summary>What counts now. A call keeps what it began with.</summary>
    public CallerRules Rules => Volatile.Read(ref rules);

    /// <summary>Which API keys are in use.</summary>
    public IApiKeyUsage Usage => usage;

    private CallerRules Make(RouterOptions options) => new(options, ApiKeyTable.Create(options, usage.Of));
}
