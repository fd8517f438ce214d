using Echo;

namespace Grpc.Core.Api.Tests;

public sealed class GeneratedClientTests
{
    private readonly List<string> _log = [];
    private readonly FakeCallInvoker _invoker;
    private readonly Echoes.EchoesClient _client;

    public GeneratedClientTests()
    {
        _invoker = new(_log);
        _client = new(_invoker);
    }

    [Fact]
    public async Task A_generated_client_makes_calls_of_every_kind()
    {
        Assert.Equal("a", _client.One(new() { Text = "a" }).Text);
        Assert.Equal("b", (await _client.OneAsync(new() { Text = "b" })).Text);
        Assert.Equal("all", (await _client.Collect()).Text);
        using var split = _client.Split(new());
        using var chat = _client.Chat();
        Assert.True(await split.ResponseStream.MoveNext());
        Assert.Equal("a", split.ResponseStream.Current.Text);
        Assert.True(await chat.ResponseStream.MoveNext());

        Assert.Equal(
            ["blocking Unary One", "async Unary One", "async ClientStreaming Collect", "async ServerStreaming Split", "async DuplexStreaming Chat"],
            _log);
    }

    [Fact]
    public void A_copy_for_another_host_names_it_in_its_calls()
    {
        _client.WithHost("other").One(new());
        Assert.Equal("other", _invoker.Host);

        _client.One(new());
        Assert.Null(_invoker.Host);
    }

    [Fact]
    public void A_clients_settings_reach_the_invoker()
    {
        DateTime deadline = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        _client.One(new(), new Metadata { { "k", "v" } }, deadline, TestContext.Current.CancellationToken);

        Assert.Equal("v", _invoker.Options.Headers!.GetValue("k"));
        Assert.Equal(deadline, _invoker.Options.Deadline);
        Assert.Equal(TestContext.Current.CancellationToken, _invoker.Options.CancellationToken);
    }

    [Fact]
    public void A_client_without_an_invoker_throws_on_every_call() =>
        Assert.Throws<NotImplementedException>(() => new MockClient().One(new()));

    [Fact]
    public void A_client_is_created_on_a_channel()
    {
        FakeChannel channel = new(_invoker);
        new Echoes.EchoesClient(channel).One(new());

        Assert.Equal(["blocking Unary One"], _log);
        Assert.Equal("fake", channel.Target);
    }

    [Fact]
    public async Task A_call_handle_asks_its_callbacks()
    {
        var call = _client.OneAsync(new());
        Assert.Equal("fake", (await call.ResponseHeadersAsync).GetValue("from"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        call.Dispose();
        Assert.Equal("True", call.GetTrailers().GetValue("disposed"));
    }

    [Fact]
    public async Task A_call_handle_passes_its_state_object_to_its_callbacks()
    {
        var call = _client.Chat();
        Assert.Equal("fake", (await call.ResponseHeadersAsync).GetValue("from"));
        call.Dispose();
        Assert.True(_invoker.Disposed);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        Assert.Equal("True", call.GetTrailers().GetValue("disposed"));
    }

    [Fact]
    public async Task A_stream_that_cannot_cancel_writes_says_so()
    {
        IClientStreamWriter<Words> writer = new ListWriter();
        await writer.WriteAsync(new(), CancellationToken.None);

        await Assert.ThrowsAsync<NotSupportedException>(() => writer.WriteAsync(new(), TestContext.Current.CancellationToken));
    }

    private sealed class MockClient : Echoes.EchoesClient;

    private sealed class FakeChannel(CallInvoker invoker) : ChannelBase("fake")
    {
        public override CallInvoker CreateCallInvoker() => invoker;
    }
}
