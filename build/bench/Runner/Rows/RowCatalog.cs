namespace GrpcRouter.Bench;

/// <summary>All rows, in the order of the tables.</summary>
internal static class RowCatalog
{
    private static readonly string[] Metadata =
    [
        "grpc-timeout: 20S",
        "authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "x-request-id: 7d9f4c1e-3a52-4be8-9a0e-1f6a2f0c8b11",
        "x-tenant: northwind",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "trace-bin: AAECAwQFBgcICQoLDA0ODw",
    ];

    public static IReadOnlyList<Row> All { get; } =
    [
        new H2LoadRow("unary-11B", "unary, 11 B", Requests.SayHello),
        new H2LoadRow("unary-1KiB", "unary, 1 KiB each way", Requests.Echo(1024)),
        new H2LoadRow("unary-64KiB", "unary, 64 KiB each way", Requests.Echo(64 * 1024)) { Streams = 10 },
        new H2LoadRow("unary-metadata", "unary, 11 B, 5 metadata entries and a deadline", Requests.SayHello) { Headers = Metadata },
        new H2LoadRow("unary-tls", "unary, 11 B, TLS", Requests.SayHello) { Tls = true },
        new H2LoadRow("unary-tls-legs", "unary, 11 B, TLS on both legs", Requests.SayHello) { Tls = true, Targets = [Target.Direct, Target.Router, Target.RouterWithTls] },
        new H2LoadRow("unary-policies", "unary, 11 B, policies", Requests.SayHello) { Targets = [Target.Direct, Target.Router, Target.RouterWithPolicies] },

        // All bring the key, whose header costs HTTP/2 what it costs, whether somebody asks for it or not.
        new H2LoadRow("unary-secured", "unary, 11 B, with a key", Requests.SayHello) { Headers = [BenchKey.Header], Targets = [Target.Direct, Target.Router, Target.RouterSecured] },
        new H2LoadRow("unary-100-instances", "unary, 11 B, 100 instances", Requests.SayHello) { Targets = [Target.Direct, Target.Router, Target.RouterOfHundred] },
        new H2LoadRow("stream-11B", "server streaming, 100 x 11 B", Requests.SayHellos) { Unit = "messages", UnitsPerCall = Requests.RepliesPerStream },
        new H2LoadRow("stream-1KiB", "server streaming, 100 x 1 KiB", Requests.SayLongHellos) { Unit = "messages", UnitsPerCall = Requests.RepliesPerStream },
        new H2LoadRow("stream-tls", "server streaming, 100 x 11 B, TLS", Requests.SayHellos) { Unit = "messages", UnitsPerCall = Requests.RepliesPerStream, Tls = true },
        new H2LoadRow("stream-tls-legs", "server streaming, 100 x 11 B, TLS on both legs", Requests.SayHellos) { Unit = "messages", UnitsPerCall = Requests.RepliesPerStream, Tls = true, Targets = [Target.Direct, Target.Router, Target.RouterWithTls] },
        new H2LoadRow("bulk-down", "1 MiB messages to the client", Requests.Fetch) { Unit = "MiB", UnitsPerCall = Requests.PiecesPerTransfer, Streams = 1, Targets = Unbare },
        new H2LoadRow("bulk-up", "1 MiB messages to the server", Requests.Store) { Unit = "MiB", UnitsPerCall = Requests.PiecesPerTransfer, Streams = 1, Targets = Unbare },
        new ChatRow("ping-pong", "bidirectional ping-pong, 11 B, 200 streams"),
        new H2LoadRow("one", "one call at a time, 11 B", Requests.SayHello) { Connections = 1, Streams = 1, Latency = true },
        new H2LoadRow("one-metadata", "one call at a time, 5 metadata entries and a deadline", Requests.SayHello) { Connections = 1, Streams = 1, Latency = true, Headers = Metadata },
        new H2LoadRow("one-tls", "one call at a time, 11 B, TLS", Requests.SayHello) { Connections = 1, Streams = 1, Latency = true, Tls = true },
        new HalfLoadRow("half", "half load, 11 B", Requests.SayHello) { Latency = true, Targets = [Target.Direct, Target.Router] },
    ];

    /// <summary>The targets but for bare Kestrel, for what it cannot answer.</summary>
    public static IReadOnlyList<string> Unbare => [Target.Direct, Target.Router, .. Peers.Names];
}
