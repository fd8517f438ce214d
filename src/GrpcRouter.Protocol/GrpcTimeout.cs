namespace GrpcRouter.Protocol;

/// <summary>The grpc-timeout header (gRPC over HTTP/2, "Timeout"): up to eight digits and a unit.</summary>
public static class GrpcTimeout
{
    /// <summary>Longest time that is kept; a longer one could not be told from none.</summary>
    public static readonly TimeSpan Maximum = TimeSpan.FromDays(36_500);

    /// <summary>Reads a header value.</summary>
    /// <returns>False when it is no such value. Times over <see cref="Maximum"/> become that.</returns>
    public static bool TryParse(ReadOnlySpan<char> value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > 9)
        {
            return false;
        }

        long amount = 0;
        foreach (char digit in value[..^1])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            amount = (amount * 10) + (digit - '0');
        }

        // Nanoseconds are rounded up: a positive time must not become none.
        long ticks = value[^1] switch
        {
            'n' => (amount + 99) / 100,
            'u' => amount * TimeSpan.TicksPerMicrosecond,
            'm' => amount * TimeSpan.TicksPerMillisecond,
            'S' => amount * TimeSpan.TicksPerSecond,
            'M' => amount * TimeSpan.TicksPerMinute,
            'H' => amount * TimeSpan.TicksPerHour,
            _ => -1,
        };
        if (ticks < 0)
        {
            return false;
        }

        timeout = ticks > Maximum.Ticks ? Maximum : TimeSpan.FromTicks(ticks);
        return true;
    }
}
