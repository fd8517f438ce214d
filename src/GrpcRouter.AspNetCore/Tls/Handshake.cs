using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GrpcRouter;

/// <summary>A TLS handshake that is under way on an endpoint of the router.</summary>
/// <param name="connection">The connection.</param>
/// <param name="http2Only">Without HTTP/2 there is nothing to be said on it.</param>
internal sealed class Handshake(ConnectionContext connection, bool http2Only)
{
    private static readonly AsyncLocal<Handshake?> Running = new();

    /// <summary>The handshake that runs here.</summary>
    public static Handshake? Current
    {
        get => Running.Value;
        set => Running.Value = value;
    }

    /// <summary>Who is at the other end.</summary>
    public string Peer => PeerName.Of(connection.RemoteEndPoint) ?? "unix:";

    /// <summary>Why the router has refused what the peer has shown; null: it has not.</summary>
    public string? Refusal { get; set; }

    /// <summary>What is agreed on is of no use.</summary>
    public bool LacksHttp2 =>
        http2Only && connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual(SslApplicationProtocol.Http2.Protocol.Span) == false;
}
