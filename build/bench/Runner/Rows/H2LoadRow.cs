namespace GrpcRouter.Bench;

/// <summary>A row that h2load drives: as many calls as it has streams, each followed by the next.</summary>
internal class H2LoadRow(string name, string title, ServiceRequest request) : Row(name, title)
{
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);

    public int Connections { get; init; } = 4;

    public int Streams { get; init; } = 50;

    public bool Tls { get; init; }

    public IReadOnlyList<string> Headers { get; init; } = [];

    public override async Task PrepareAsync(Lab lab, IReadOnlyList<Target> targets, double seconds)
    {
        foreach (Target target in targets)
        {
            _calls[target.Name] = Math.Max(Connections * Streams, (int)(await RateAsync(target) * seconds));
        }
    }

    public override Task<Measurement> MeasureAsync(Lab lab, Target target) =>
        Measurement.TakeAsync(target, UnitsPerCall, () => lab.Load.MeasureAsync(To(target, _calls[target.Name])));

    protected H2LoadRequest To(Target target, int calls) => new(Tls ? target.TlsPort : target.Port, request)
    {
        Calls = calls,
        Connections = Connections,
        Streams = Streams,
        Tls = Tls,
        Headers = [.. Headers.Union(target.Headers)],
        Times = Latency,
    };

    /// <summary>Calls a second, by ever longer tries.</summary>
    protected async Task<double> RateAsync(Target target)
    {
        int calls = Math.Max(20, Connections * Streams);
        while (true)
        {
            LoadResult result = await H2Load.WarmUpAsync(To(target, calls));
            if (result.Seconds > 0.2)
            {
                return result.Rate;
            }

            calls = (int)(calls * Math.Clamp(0.3 / result.Seconds, 2, 20));
        }
    }
}
