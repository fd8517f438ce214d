using System.Globalization;

namespace GrpcRouter;

/// <summary>Rules for the pick.</summary>
internal static class LoadBalancingRules
{
    private const int MaxRingSize = 8 * 1024 * 1024;
    private const int MaxTableSize = 5_000_011;

    public static void Check(in OptionScope scope, LoadBalancingOptions options, LoadBalancingOptions[] wider, IReadOnlySet<string> balancers)
    {
        if (options.Policy is { } policy)
        {
            scope.Require(balancers.Contains(policy), nameof(options.Policy), $"must be one of {string.Join(", ", balancers.Order(StringComparer.Ordinal))}", policy);
        }

        scope.Range(nameof(options.ChoiceCount), options.ChoiceCount, 2, 10);
        scope.TextKey(nameof(options.HashHeader), options.HashHeader);
        scope.MoreThan(nameof(options.BoundedLoad), options.BoundedLoad, 1);
        scope.Positive(nameof(options.DecayTime), options.DecayTime);
        scope.Require(options.WeightSignal is not "", nameof(options.WeightSignal), "must name a signal", value: null);
        scope.AtLeast(nameof(options.ErrorPenalty), options.ErrorPenalty, 0.0);
        scope.NotNegative(nameof(options.BlackoutPeriod), options.BlackoutPeriod);
        scope.Positive(nameof(options.WeightExpiration), options.WeightExpiration);
        CheckTable(scope, options.MaglevTableSize);
        CheckRing(scope, options, wider);
    }

    private static void CheckTable(in OptionScope scope, int? size)
    {
        if (size is { } entries)
        {
            scope.Require(entries <= MaxTableSize && IsPrime(entries), nameof(LoadBalancingOptions.MaglevTableSize), "must be a prime of up to 5,000,011", entries);
        }
    }

    private static void CheckRing(in OptionScope scope, LoadBalancingOptions options, LoadBalancingOptions[] wider)
    {
        scope.Range(nameof(options.MinRingSize), options.MinRingSize, 1, MaxRingSize);
        scope.Range(nameof(options.MaxRingSize), options.MaxRingSize, 1, MaxRingSize);
        if (options.MinRingSize is null && options.MaxRingSize is null)
        {
            return;
        }

        // The other size may stand in a wider scope.
        int least = options.MinRingSize ?? wider.Select(static policy => policy.MinRingSize).FirstOrDefault(static size => size is not null) ?? 1024;
        int most = options.MaxRingSize ?? wider.Select(static policy => policy.MaxRingSize).FirstOrDefault(static size => size is not null) ?? 131_072;
        if (least > most)
        {
            scope.Fail(
                nameof(options.MinRingSize),
                string.Create(CultureInfo.InvariantCulture, $"must not be more than {nameof(options.MaxRingSize)}; they are {least:N0} and {most:N0}"));
        }
    }

    private static bool IsPrime(int number)
    {
        if (number < 2)
        {
            return false;
        }

        for (int divisor = 2; (long)divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }
}
