using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GrpcRouter.HostileTests;

/// <summary>Reads the counter <c>grpcrouter.abuse</c>, as any listener would.</summary>
internal sealed class OffenceCounter : IDisposable
{
    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly MeterListener listener = new();

    public OffenceCounter()
    {
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "GrpcRouter" && instrument.Name == "grpcrouter.abuse")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            Assert.Equal(1, tags.Length);
            Assert.Equal("kind", tags[0].Key);
            counts.AddOrUpdate((string)tags[0].Value!, count, (_, before) => before + count);
        });
        listener.Start();
    }

    public long Of(string kind) => counts.GetValueOrDefault(kind);

    public override string ToString() => string.Join(", ", counts.Select(static pair => $"{pair.Key}: {pair.Value}"));

    public void Dispose() => listener.Dispose();
}
