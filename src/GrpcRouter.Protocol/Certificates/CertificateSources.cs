namespace GrpcRouter;

/// <summary>Finds the source that options speak of.</summary>
internal static class CertificateSources
{
    // As in Kubernetes secrets of type kubernetes.io/tls.
    private const string CertificateFile = "tls.crt";
    private const string KeyFile = "tls.key";
    private const string AuthoritiesFile = "ca.crt";

    /// <returns>Null where no certificate is set.</returns>
    public static CertificateSource<KeyedCertificate>? Of(CertificateOptions options)
    {
        if (!options.IsSet)
        {
            return null;
        }

        if (options.Provider is { } provider)
        {
            return new CertificateCallback<KeyedCertificate>(provider, KeyedCertificate.From);
        }

        string certificate = Full(options.Directory, options.Path ?? CertificateFile);
        string? key = options.KeyPath ?? (options.Path is null ? KeyFile : null);
        string? password = options.Password;
        string[] files = key is null ? [certificate] : [certificate, Full(options.Directory, key)];
        return new CertificateFiles<KeyedCertificate>(files, (contents, version) => KeyedCertificate.Read(contents[0], contents.ElementAtOrDefault(1), password, version));
    }

    /// <param name="options">What is said of authorities.</param>
    /// <param name="beside">A certificate whose directory may hold authorities too; null: there is none.</param>
    /// <returns>Null where no authorities are set.</returns>
    public static CertificateSource<TrustBundle>? Of(TrustOptions options, CertificateOptions? beside = null)
    {
        if (options.Provider is { } provider)
        {
            return new CertificateCallback<TrustBundle>(provider, TrustBundle.From);
        }

        string? directory = options.IsSet ? options.Directory : beside?.Directory;
        return options.Path is null && directory is null
            ? null
            : new CertificateFiles<TrustBundle>([Full(directory, options.Path ?? AuthoritiesFile)], static (contents, version) => TrustBundle.Read(contents[0], version));
    }

    private static string Full(string? directory, string path) => Path.GetFullPath(directory is null ? path : Path.Combine(directory, path));
}
