namespace GrpcRouter.Client.Tests;

public sealed class CallTests
{
    [Theory]
    [InlineData("one address")]
    [InlineData("two addresses")]
    [InlineData("a name")]
    public async Task Calls_of_all_four_kinds_pass(string target)
    {
        await using EchoSite site = await EchoSite.StartAsync("one");
        using GrpcChannel channel = target switch
        {
            "one address" => RouterChannel.ForAddress(site.Address),
            "two addresses" => RouterChannel.ForAddresses([site.Address, "http://127.0.0.1:1"]),
            _ => RouterChannel.ForAddress($"dns:///127.0.0.1:{site.Port}", new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure }),
        };
        Echo.EchoClient client = new(channel);

        Assert.Equal("unary", (await client.OneAsync(new Line { Text = "unary" })).Text);

        using AsyncClientStreamingCall<Line, Line> collect = client.Collect();
        await collect.RequestStream.WriteAsync(new Line { Text = "client" }, TestContext.Current.CancellationToken);
        await collect.RequestStream.WriteAsync(new Line { Text = "streaming" }, TestContext.Current.CancellationToken);
        await collect.RequestStream.CompleteAsync();
        Assert.Equal("client streaming", (await collect).Text);

        using AsyncServerStreamingCall<Line> split = client.Split(new Line { Text = "server streaming" });
        Assert.Equal(["server", "streaming"], await split.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).Select(static line => line.Text).ToListAsync(TestContext.Current.CancellationToken));

        using AsyncDuplexStreamingCall<Line, Line> chat = client.Chat();
        await chat.RequestStream.WriteAsync(new Line { Text = "duplex" }, TestContext.Current.CancellationToken);
        Assert.True(await chat.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal("duplex", chat.ResponseStream.Current.Text);
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }
}
