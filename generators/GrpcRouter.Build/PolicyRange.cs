using System.Globalization;

namespace GrpcRouter.Build;

// The values that a field of a policy takes; durations in seconds.
internal readonly record struct PolicyRange(double Least, double Most = double.PositiveInfinity, bool WithoutLeast = false)
{
    public static PolicyRange Positive { get; } = new(0, WithoutLeast: true);

    // "NaN" is in no range, and infinity in none without an end.
    public bool Contains(double value) => (WithoutLeast ? value > Least : value >= Least) && value <= Most && !double.IsInfinity(value);

    public override string ToString() =>
        WithoutLeast ? $"more than {Text(Least)}"
        : double.IsInfinity(Most) ? $"{Text(Least)} and more"
        : $"{Text(Least)} to {Text(Most)}";

    private static string Text(double bound) => bound.ToString(CultureInfo.InvariantCulture);
}
