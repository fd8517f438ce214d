namespace GrpcRouter.Bench;

/// <summary>One way to the service.</summary>
/// <param name="Name">As the tables have it.</param>
/// <param name="Port">Where it listens without TLS.</param>
/// <param name="TlsPort">Where it listens with TLS.</param>
/// <param name="Front">What stands between client and service, if anything.</param>
/// <param name="Behind">What runs the service.</param>
internal sealed record Target(string Name, int Port, int TlsPort, ServerProcess? Front, ServerProcess? Behind)
{
    public const string Direct = "direct";
    public const string Router = "router";
    public const string RouterOfHundred = "router, 100 instances";
    public const string RouterWithPolicies = "router, policies";

    /// <summary>The router that asks for a key and has limits.</summary>
    public const string RouterSecured = "router, secured";

    /// <summary>The instance dials with TLS, too.</summary>
    public const string RouterWithTls = "router, TLS on both legs";

    public const string Bare = "bare Kestrel";

    /// <summary>What callers must bring, as <c>name: value</c>.</summary>
    public IReadOnlyList<string> Headers => Name == RouterSecured ? [BenchKey.Header] : [];

    public void ThrowIfEnded()
    {
        Front?.ThrowIfEnded();
        Behind?.ThrowIfEnded();
    }
}
