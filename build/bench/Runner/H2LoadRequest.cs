namespace GrpcRouter.Bench;

/// <summary>What h2load is to do.</summary>
internal sealed record H2LoadRequest(int Port, ServiceRequest Request)
{
    public int Calls { get; init; } = 1;

    public int Connections { get; init; } = 1;

    public int Streams { get; init; } = 1;

    public bool Tls { get; init; }

    /// <summary>Headers beside gRPC's own, as <c>name: value</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Whether the time of each single call is wanted.</summary>
    public bool Times { get; init; }

    /// <summary>Calls a second to start, whatever comes back; none: the next when one is over.</summary>
    public double? Pace { get; init; }
}
