namespace GrpcRouter;

/// <summary>What a pick may depend on.</summary>
public readonly ref struct PickContext
{
    private readonly ClientLeg? leg;
    private readonly PickRandom random;

    /// <summary>Describes a call that has brought no metadata.</summary>
    /// <param name="method">The method called.</param>
    /// <param name="attempt">0 for the first pick of a call.</param>
    /// <param name="random">Makes the random numbers; a shared generator when null.</param>
    public PickContext(RoutedMethod method, int attempt, PickRandom? random = null)
        : this(method, attempt, leg: null, random ?? PickRandom.Default)
    {
    }

    internal PickContext(RoutedMethod method, int attempt, ClientLeg? leg, PickRandom random)
    {
        Method = method;
        Attempt = attempt;
        this.leg = leg;
        this.random = random;
    }

    /// <summary>The method called.</summary>
    public RoutedMethod Method { get; }

    /// <summary>0 for the first pick of a call; a further one follows when the channel picked could not take it, and for each retry.</summary>
    public int Attempt { get; }

    /// <summary>Whose call it is, as the router has made sure; null: nobody's in particular. The instances to pick from are those that may serve it.</summary>
    public string? Tenant => leg?.Tenant;

    /// <summary>The value of a metadata key, in any case; several values are joined by commas. Null when the call did not bring it.</summary>
    public string? GetMetadata(string key) => leg?.GetHeader(key);

    /// <summary>A random number below <paramref name="bound"/>, which must be positive.</summary>
    public int Next(int bound) => random.Next(bound);

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => random.NextUInt64();
}
