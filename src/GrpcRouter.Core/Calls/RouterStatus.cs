using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// A status that the router itself ends a call with. The client finds the reason in grpc-status-details-bin, as google.rpc.ErrorInfo
/// of the domain <c>grpcrouter</c>, and so can tell it from the service's own statuses.
/// </summary>
/// <param name="Code">gRPC status code.</param>
/// <param name="Reason">Upper-case constant, one of <see cref="RouterReasons"/>.</param>
/// <param name="Message">For people.</param>
public readonly record struct RouterStatus(StatusCode Code, string Reason, string Message)
{
    private const string ErrorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    /// <summary>The domain of router-made errors.</summary>
    public const string Domain = "grpcrouter";

    /// <summary>
    /// What the reason is about, such as the service, the instance or the limit: the metadata of the ErrorInfo. Null when there is none. The keys of each reason are in
    /// docs/resilience.md.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Metadata { get; init; }

    /// <summary>
    /// When it is worth to try again: <c>google.rpc.RetryInfo</c> in the details and the trailer <c>grpc-retry-pushback-ms</c> (gRFC A6), which gRPC clients with retries obey. Null
    /// when nobody knows.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary><see cref="RetryAfter"/> in whole milliseconds, never too few; null when nobody knows.</summary>
    public long? PushbackMilliseconds => RetryAfter is { } after ? (long)Math.Ceiling(after.TotalMilliseconds) : null;

    /// <summary>The same with one entry more in <see cref="Metadata"/>.</summary>
    /// <param name="key">One of <see cref="ReasonKeys"/>.</param>
    /// <param name="value">Any text.</param>
    internal RouterStatus With(string key, string value) => this with { Metadata = [.. Metadata ?? [], new(key, value)] };

    /// <summary>Serializes google.rpc.Status with one google.rpc.ErrorInfo, and with google.rpc.RetryInfo for <see cref="RetryAfter"/> (google/rpc/status.proto, error_details.proto).</summary>
    public byte[] ToDetails()
    {
        using FrameBuffer buffer = new();
        buffer.WriteVarint(1, (ulong)Code);
        buffer.WriteString(2, Message);
        int any = buffer.BeginNested(3);
        buffer.WriteString(1, ErrorInfoType);
        int info = buffer.BeginNested(2);
        buffer.WriteString(1, Reason);
        buffer.WriteString(2, Domain);
        foreach ((string key, string value) in Metadata ?? [])
        {
            int entry = buffer.BeginNested(3);
            buffer.WriteString(1, key);
            buffer.WriteString(2, value);
            buffer.EndNested(entry);
        }

        buffer.EndNested(info);
        buffer.EndNested(any);
        if (PushbackMilliseconds is { } wait)
        {
            any = buffer.BeginNested(3);
            buffer.WriteString(1, RetryInfoType);
            info = buffer.BeginNested(2);
            int delay = buffer.BeginNested(1);
            buffer.WriteVarint(1, (ulong)(wait / 1000));
            buffer.WriteVarint(2, (ulong)(wait % 1000 * 1_000_000));
            buffer.EndNested(delay);
            buffer.EndNested(info);
            buffer.EndNested(any);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
