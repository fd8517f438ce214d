namespace GrpcRouter.Bench;

/// <summary>Calls that start at a steady pace, half of what the slower of direct server and router can take: what is left is the time of a call.</summary>
internal sealed class HalfLoadRow(string name, string title, ServiceRequest request) : H2LoadRow(name, title, request)
{
    private double _pace;
    private int _calls;

    public override async Task PrepareAsync(Lab lab, IReadOnlyList<Target> targets, double seconds)
    {
        double slowest = double.MaxValue;
        foreach (Target target in targets)
        {
            slowest = Math.Min(slowest, await RateAsync(target));
        }

        _pace = slowest / 2;
        _calls = (int)(_pace * seconds);
    }

    public override Task<Measurement> MeasureAsync(Lab lab, Target target) =>
        Measurement.TakeAsync(target, UnitsPerCall, () => lab.Load.MeasureAsync(To(target, _calls) with { Pace = _pace, Streams = 1000 }));
}
