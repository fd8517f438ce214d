namespace GrpcRouter;

/// <summary>Rules for where certificates come from, as the name of an option and what is wrong with it.</summary>
internal static class CertificateRules
{
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    // Longer than any certificate is valid for.
    public static readonly TimeSpan LongestExpiry = TimeSpan.FromDays(10_000);

    public static IEnumerable<(string Name, string Rule)> Check(CertificateOptions options)
    {
        if (options.Provider is not null && (options.Path ?? options.KeyPath ?? options.Directory) is not null)
        {
            yield return (nameof(options.Provider), "cannot stand beside files");
        }

        if (options.KeyPath is not null && options.Path is null && options.Directory is null)
        {
            yield return (nameof(options.KeyPath), $"needs {nameof(options.Path)}, the certificate that the key is for");
        }

        if (options.Path is { Length: 0 } || options.KeyPath is { Length: 0 } || options.Directory is { Length: 0 })
        {
            yield return (nameof(options.Path), "must not be empty");
        }
    }

    public static IEnumerable<(string Name, string Rule)> Check(TrustOptions options)
    {
        if (options.Provider is not null && (options.Path ?? options.Directory) is not null)
        {
            yield return (nameof(options.Provider), "cannot stand beside a file");
        }

        if (options.Path is { Length: 0 } || options.Directory is { Length: 0 })
        {
            yield return (nameof(options.Path), "must not be empty");
        }
    }
}
