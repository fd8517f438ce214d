using System.Security.Cryptography;

namespace GrpcRouter;

/// <summary>How long a call that waits for a router waits before all are tried again: ever longer, and a fifth more or less, so that clients do not come back together.</summary>
/// <param name="first">The first wait.</param>
/// <param name="longest">The longest; null for no bound.</param>
internal sealed class ReadyWaits(TimeSpan first, TimeSpan? longest)
{
    private const double Growth = 1.6;

    // More growth changes nothing: whoever waits for days is in no hurry.
    private const int MostGrowths = 25;

    private readonly Lock gate = new();
    private readonly Random random = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    public TimeSpan Next(int round)
    {
        double bound = Math.Min(first.TotalMilliseconds * Math.Pow(Growth, Math.Min(round, MostGrowths)), longest?.TotalMilliseconds ?? int.MaxValue);
        double share;
        lock (gate)
        {
            share = random.NextDouble();
        }

        return TimeSpan.FromMilliseconds(Math.Min(bound * (0.8 + (0.4 * share)), int.MaxValue));
    }
}
