using System.Buffers;
using System.Collections.Frozen;

namespace GrpcRouter.Protocol;

/// <summary>Which header fields are call metadata, and what they may hold (gRPC over HTTP/2, "Custom-Metadata").</summary>
public static class MetadataRules
{
    /// <summary>What one entry counts beyond its key and value, as in HTTP/2 (RFC 9113, section 6.5.2).</summary>
    public const int EntryOverhead = 32;

    /// <summary>Keys with this prefix belong to the router; they are neither forwarded nor accepted.</summary>
    public const string RouterPrefix = "grpcrouter-";

    /// <summary>The trailer by which the router tells a client that what its call ran on is leaving: <c>instance</c>, <c>router</c> or <c>channel</c>.</summary>
    public const string DrainKey = RouterPrefix + "drain";

    /// <summary>The response header, and the metadata of later calls, that keeps a session with its instance.</summary>
    public const string SessionKey = RouterPrefix + "session";

    /// <summary>The metadata in which the router tells an instance who calls; see <see cref="CallerName"/>.</summary>
    public const string CallerKey = RouterPrefix + "caller";

    /// <summary>The metadata by which the router tells an instance whose call it is.</summary>
    public const string TenantKey = RouterPrefix + "tenant";

    /// <summary><see cref="TenantKey"/> as it stands on the wire.</summary>
    public static ReadOnlySpan<byte> TenantKeyBytes => "grpcrouter-tenant"u8;

    /// <summary>The trailer by which a server says when to try again (gRFC A6, "Pushback").</summary>
    public const string PushbackKey = "grpc-retry-pushback-ms";

    private static readonly SearchValues<byte> KeyBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    // Printable ASCII and tab, as HTTP/2 peers accept; CR, LF and NUL would be an attack on whoever reads the header next.
    private static readonly SearchValues<byte> ValueBytes =
        SearchValues.Create([(byte)'\t', .. Enumerable.Range(0x20, 0x5F).Select(static value => (byte)value)]);

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "connection", "content-length", "content-type", "grpc-accept-encoding", "grpc-encoding", "grpc-message", "grpc-status",
        "grpc-status-details-bin", "grpc-timeout", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade");

    /// <summary>The key belongs to HTTP, to gRPC or to the router rather than to the call's metadata.</summary>
    public static bool IsReserved(string key) =>
        key.Length == 0 || key[0] == ':' || Reserved.Contains(key) || key.StartsWith(RouterPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The key may stand on the wire: lower-case letters, digits, <c>-</c>, <c>_</c>, <c>.</c>.</summary>
    public static bool IsValidKey(ReadOnlySpan<byte> key) => !key.IsEmpty && !key.ContainsAnyExcept(KeyBytes);

    /// <summary>
    /// The value may stand on the wire: printable ASCII and tab, and neither a space nor a tab at its edges, which makes a field
    /// illegal (RFC 9113, section 8.2.1) and some peers drop the whole header.
    /// </summary>
    public static bool IsValidValue(ReadOnlySpan<byte> value) => !value.ContainsAnyExcept(ValueBytes) && TrimValue(value).Length == value.Length;

    /// <summary>Takes off the spaces and tabs at the edges, as a sender may (gRPC over HTTP/2, "ASCII-Value").</summary>
    public static ReadOnlySpan<byte> TrimValue(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);
}
