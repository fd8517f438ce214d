namespace GrpcRouter.InteropTests;

public sealed class ForeignClientTests(ForeignClients clients)
{
    private static readonly string[] Clients = ["node", "python"];

    private static readonly string[] Cases =
    [
        "unary", "server-streaming", "client-streaming", "duplex-streaming",
        "metadata", "binary-metadata", "repeated-metadata", "headers-before-messages", "trailers-on-error",
        "status-codes", "status-message", "status-details", "handler-exception", "error-after-messages",
        "unknown-method", "unknown-service", "no-instance", "refused-callers", "health", "health-watch",
        "deadline", "cancel-unary", "cancel-stream",
        "gzip", "large-messages", "oversize-request", "concurrent-calls",
    ];

    public static TheoryData<string, string> All => [.. from client in Clients from name in Cases select (client, name)];

    [Theory]
    [MemberData(nameof(All))]
    public void A_foreign_client_is_served_as_by_any_other_server(string client, string name) => clients.Get(client).AssertOk(name);

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public void Every_case_of_a_foreign_client_is_asserted(string client) =>
        Assert.Equal(Cases.Order(StringComparer.Ordinal), clients.Get(client).Cases.Order(StringComparer.Ordinal));
}
