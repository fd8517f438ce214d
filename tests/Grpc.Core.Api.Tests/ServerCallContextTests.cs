namespace Grpc.Core.Api.Tests;

public sealed class ServerCallContextTests
{
    private readonly FakeServerCallContext _context = new();

    [Fact]
    public async Task A_context_shows_what_its_transport_provides()
    {
        Metadata headers = [];
        await _context.WriteResponseHeadersAsync(headers);
        _context.Status = new(StatusCode.NotFound, "gone");
        _context.WriteOptions = new(WriteFlags.BufferHint);

        Assert.Same(headers, _context.SentHeaders);
        Assert.Equal("/echo.Echoes/One", _context.Method);
        Assert.Equal("localhost", _context.Host);
        Assert.Equal("ipv4:127.0.0.1:50051", _context.Peer);
        Assert.Equal(DateTime.MaxValue, _context.Deadline);
        Assert.Equal("v", _context.RequestHeaders.GetValue("k"));
        Assert.Empty(_context.ResponseTrailers);
        Assert.Equal(StatusCode.NotFound, _context.Status.StatusCode);
        Assert.Equal(WriteFlags.BufferHint, _context.WriteOptions.Flags);
        Assert.False(_context.AuthContext.IsPeerAuthenticated);
        Assert.False(_context.CancellationToken.CanBeCanceled);
    }

    [Fact]
    public void User_state_is_kept_for_the_call()
    {
        _context.UserState["key"] = 7;

        Assert.Equal(7, _context.UserState["key"]);
    }

    [Fact]
    public void A_propagation_token_is_the_transports_to_create()
    {
        ContextPropagationOptions options = new(propagateDeadline: false);

        Assert.Throws<NotSupportedException>(() => _context.CreatePropagationToken(options));
        Assert.Same(options, _context.PropagationAskedWith);
        Assert.False(options.IsPropagateDeadline);
        Assert.True(options.IsPropagateCancellation);
    }

    [Fact]
    public void An_authenticated_peer_is_found_by_its_property()
    {
        var name = AuthProperty.Create("x509_common_name", [.. "instance-1"u8]);
        AuthContext auth = new("x509_common_name", new() { ["x509_common_name"] = [name], ["other"] = [AuthProperty.Create("other", [1])] });

        Assert.True(auth.IsPeerAuthenticated);
        Assert.Equal("instance-1", Assert.Single(auth.PeerIdentity).Value);
        Assert.Equal(2, auth.Properties.Count());
        Assert.Empty(auth.FindPropertiesByName("unknown"));
    }
}
