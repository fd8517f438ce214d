namespace GrpcRouter;

/// <summary>A condition on a call's metadata.</summary>
internal sealed class HeaderMatch(HeaderMatchOptions options)
{
    private readonly string name = options.Name.ToLowerInvariant();
    private readonly string? exact = options.Exact;
    private readonly string? prefix = options.Prefix;
    private readonly string? suffix = options.Suffix;
    private readonly bool invert = options.Invert;

    public bool Holds(ClientLeg leg)
    {
        bool matches = leg.GetHeader(name) is { } value
            && (exact is null || value == exact)
            && (prefix is null || value.StartsWith(prefix, StringComparison.Ordinal))
            && (suffix is null || value.EndsWith(suffix, StringComparison.Ordinal));
        return matches != invert;
    }
}
