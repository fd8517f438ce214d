using System.Text;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Values of all magnitudes, the edges of each more often than chance would have them.</summary>
internal static class RandomValues
{
    public static bool NextBool(this Random random) => random.Next(2) == 0;

    public static bool OneIn(this Random random, int count) => random.Next(count) == 0;

    public static T Pick<T>(this Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    public static ulong NextUInt64(this Random random)
    {
        var bits = random.Next(65);
        var value = bits == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - bits);
        return random.Next(8) switch
        {
            0 => bits == 64 ? ulong.MaxValue : (1UL << bits) - 1,
            1 => bits == 64 ? 0 : 1UL << bits,
            _ => value,
        };
    }

    public static uint NextUInt32(this Random random) => (uint)random.NextUInt64();

    public static byte[] NextBytes(this Random random, int maximum)
    {
        var bytes = new byte[random.NextLength(maximum)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Mostly short, sometimes long, often where a length takes another byte.</summary>
    public static int NextLength(this Random random, int maximum) => Math.Min(maximum, random.Next(10) switch
    {
        0 => 0,
        1 => random.Next(126, 130),
        2 => random.Next(maximum + 1),
        3 when random.OneIn(4) => random.Next(16_381, 16_387),
        _ => random.Next(20),
    });

    public static string NextText(this Random random, int maximum)
    {
        StringBuilder text = new();
        for (var length = random.NextLength(maximum); length > 0; length--)
        {
            text.Append(random.Pick("a", "Z", "0", " ", "%", "\n", "\0", "ö", "語", "🙂", "\u0301"));
        }

        return text.ToString();
    }
}
