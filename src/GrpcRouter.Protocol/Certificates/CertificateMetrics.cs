using System.Diagnostics.Metrics;

namespace GrpcRouter;

/// <summary>The figures of one source of certificates. They are gone with it.</summary>
internal sealed class CertificateMetrics : IDisposable
{
    /// <summary>The meter of all figures of router and bridge.</summary>
    public const string MeterName = "GrpcRouter";

    private readonly Meter meter;
    private readonly Counter<long> reloads;
    private readonly string use;
    private readonly Func<string> source;

    /// <param name="use">What the certificates are for.</param>
    /// <param name="source">Where they come from now.</param>
    /// <param name="left">Seconds until the first of them expires; null: there is none.</param>
    /// <param name="scope">Whom they belong to, for listeners that tell meters of one name apart.</param>
    public CertificateMetrics(string use, Func<string> source, Func<double?> left, object scope)
    {
        this.use = use;
        this.source = source;
        meter = new Meter(new MeterOptions(MeterName) { Scope = scope });
        reloads = meter.CreateCounter<long>("grpcrouter.certificate.reloads", "{reload}", "Certificates that were taken, and those that could not be used.");
        meter.CreateObservableGauge(
            "grpcrouter.certificate.expiry",
            () => left() is { } seconds ? [new Measurement<double>(seconds, Tags)] : Array.Empty<Measurement<double>>(),
            "s",
            "Time until the first certificate of a source expires; negative when it has.");
    }

    private KeyValuePair<string, object?>[] Tags => [new("grpcrouter.certificate.use", use), new("grpcrouter.certificate.source", source())];

    public void Taken() => reloads.Add(1, [.. Tags, new("grpcrouter.certificate.outcome", "taken")]);

    public void Refused() => reloads.Add(1, [.. Tags, new("grpcrouter.certificate.outcome", "refused")]);

    public void Dispose() => meter.Dispose();
}
