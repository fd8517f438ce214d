using Grpc.Net.Client.Configuration;

namespace GrpcRouter.Client.Tests;

public sealed class AddressTests
{
    private static readonly string[] None = [];

    [Theory]
    [InlineData("localhost:5000")]
    [InlineData("ftp://localhost")]
    [InlineData("http://localhost/path")]
    [InlineData("http://localhost/?query")]
    [InlineData("http://localhost/#fragment")]
    [InlineData("http://user@localhost/")]
    [InlineData("not an address")]
    public void An_address_is_a_scheme_a_host_and_a_port(string address)
    {
        Assert.Throws<ArgumentException>("address", () => RouterChannel.ForAddress(address));
        Assert.Throws<ArgumentException>("addresses", () => RouterChannel.ForAddresses(["http://localhost:5000", address]));
    }

    [Fact]
    public void There_is_an_address_at_least() =>
        Assert.Throws<ArgumentException>("addresses", () => RouterChannel.ForAddresses(None));

    [Fact]
    public void Http_and_https_are_not_mixed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>("addresses", () => RouterChannel.ForAddresses(["http://one:5000", "https://two:5001"]));

        Assert.Contains("'http://one:5000' and 'https://two:5001' differ in TLS", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public void Credentials_that_contradict_the_addresses_are_refused(string scheme)
    {
        ChannelCredentials other = scheme == "http"
            ? ChannelCredentials.Create(ChannelCredentials.SecureSsl, CallCredentials.FromInterceptor(static (_, _) => Task.CompletedTask))
            : ChannelCredentials.Insecure;
        GrpcChannelOptions options = new() { Credentials = other };

        Assert.Throws<InvalidOperationException>(() => RouterChannel.ForAddress($"{scheme}://one", options));
        Assert.Throws<InvalidOperationException>(() => RouterChannel.ForAddresses([$"{scheme}://one", $"{scheme}://two"], options));
        options.ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } };
        Assert.Throws<InvalidOperationException>(() => RouterChannel.ForAddresses([$"{scheme}://one", $"{scheme}://two"], options));
    }

    [Theory]
    [InlineData("dns://server/router.example")]
    [InlineData("dns:///")]
    [InlineData("dns:")]
    public void A_dns_address_has_a_name_and_no_server_to_ask(string address) =>
        Assert.Throws<ArgumentException>("address", () => RouterChannel.ForAddress(address));

    [Fact]
    public void A_channel_names_its_target_the_first_where_there_are_several()
    {
        using GrpcChannel one = RouterChannel.ForAddress("http://localhost:5000");
        using GrpcChannel two = RouterChannel.ForAddresses(["https://first:5000", "https://second:5000"]);

        Assert.Equal(("localhost:5000", "first:5000"), (one.Target, two.Target));
    }
}
