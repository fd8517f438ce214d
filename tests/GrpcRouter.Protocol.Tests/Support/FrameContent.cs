namespace GrpcRouter.Protocol.Tests;

/// <summary>What a frame says, apart from how it is written. The text form compares two of them.</summary>
internal sealed record FrameContent
{
    public ulong CallId { get; init; }

    public StartContent? Start { get; init; }

    public HeadersContent? Headers { get; init; }

    public bool HalfClose { get; init; }

    public V1.CancelReason? Cancel { get; init; }

    public ulong Credit { get; init; }

    public ulong? MessageLength { get; init; }

    public bool Compressed { get; init; }

    public byte[] Fragment { get; init; } = [];

    public EndContent? End { get; init; }

    public uint PayloadField { get; init; }

    public byte[] Payload { get; init; } = [];

    public byte[]? Control { get; init; }

    public override string ToString() =>
        $"""
        call {CallId}
        {Start}
        {Headers}
        half-close {HalfClose}, cancel {Cancel}, credit {Credit}
        message {MessageLength} {Compressed} {Convert.ToHexString(Fragment)}
        {End}
        payload {PayloadField} {Convert.ToHexString(Payload)}
        control {(Control is null ? "none" : Convert.ToHexString(Control))}
        """;
}

internal sealed record StartContent(uint Method, ulong? Timeout, string Encoding, string AcceptEncoding, string Authority, string Peer, IReadOnlyList<Entry> Metadata)
{
    public override string ToString() => $"start {Method} {Timeout} {Encoding}|{AcceptEncoding}|{Authority}|{Peer}|{string.Join('|', Metadata)}";
}

internal sealed record HeadersContent(string Encoding, string AcceptEncoding, IReadOnlyList<Entry> Metadata)
{
    public override string ToString() => $"headers {Encoding}|{AcceptEncoding}|{string.Join('|', Metadata)}";
}

internal sealed record EndContent(uint Code, string Message, byte[] Details, bool NotDispatched, IReadOnlyList<Entry> Trailers)
{
    public override string ToString() => $"end {Code} {Message}|{Convert.ToHexString(Details)}|{NotDispatched}|{string.Join('|', Trailers)}";
}

internal sealed record Entry(string Key, byte[] Value)
{
    public override string ToString() => $"{Key}={Convert.ToHexString(Value)}";
}
