using System.Globalization;

namespace GrpcRouter;

/// <summary>Writes the <c>grpc-timeout</c> header: at most eight digits and a unit, rounded up so that the server never gives up first.</summary>
internal static class GrpcTimeout
{
    private const long LargestNumber = 99_999_999;

    private static readonly (char Name, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    public static string Format(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, 1);
        if (ticks * TimeSpan.NanosecondsPerTick is > 0 and <= LargestNumber and var nanoseconds)
        {
            return Write(nanoseconds, 'n');
        }

        var (name, unit) = Units.First(unit => ticks <= LargestNumber * unit.Ticks || unit.Name == 'H');
        return Write(Math.Min(((ticks - 1) / unit) + 1, LargestNumber), name);
    }

    private static string Write(long number, char unit) => number.ToString(CultureInfo.InvariantCulture) + unit;
}
