using System.Buffers;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>A frame that an instance got.</summary>
internal sealed record RouterFrame
{
    public ulong CallId { get; private init; }

    public CallStart? Start { get; private init; }

    public bool HalfClose { get; private init; }

    public CancelReason? Cancel { get; private init; }

    public ulong Credit { get; private init; }

    public ulong? MessageLength { get; private init; }

    public bool Compressed { get; private init; }

    public byte[]? Fragment { get; private init; }

    public uint PayloadField { get; private init; }

    public byte[]? Payload { get; private init; }

    public RouterControl? Control { get; private init; }

    /// <summary>Bytes of the frame without its prefix.</summary>
    public int Size { get; private init; }

    /// <summary>What it took of the router's credit.</summary>
    public int Cost => (Payload is { } payload ? payload.Length + 5 : 0) + (Fragment?.Length ?? 0) + (MessageLength is null ? 0 : 5);

    public static List<RouterFrame> Parse(ReadOnlyMemory<byte> stream)
    {
        List<RouterFrame> frames = [];
        ReadOnlySequence<byte> rest = new(stream);
        while (!rest.IsEmpty)
        {
            Assert.True(MessagePrefix.TryRead(rest, out bool compressed, out uint length));
            Assert.False(compressed);
            frames.Add(One(rest.Slice(FrameField.PrefixLength, length).FirstSpan));
            rest = rest.Slice(FrameField.PrefixLength + length);
        }

        return frames;
    }

    private static RouterFrame One(ReadOnlySpan<byte> body)
    {
        Assert.True(FrameDecoder.TryDecode(body, out Frame frame, out string? error), error);
        Assert.False(frame.HasEnd);
        return new RouterFrame
        {
            CallId = frame.CallId,
            Start = frame.HasOpening ? CallStart.Parser.ParseFrom(frame.Opening) : null,
            HalfClose = frame.HalfClose,
            Cancel = frame.HasCancel ? CallCancel.Parser.ParseFrom(frame.Cancel).Reason : null,
            Credit = frame.Credit,
            MessageLength = frame.HasMessageLength ? frame.MessageLength : null,
            Compressed = frame.Compressed,
            Fragment = frame.HasFragment ? frame.Fragment.ToArray() : null,
            PayloadField = frame.PayloadField,
            Payload = frame.PayloadField != 0 ? frame.Payload.ToArray() : null,
            Control = frame.HasControl ? RouterControl.Parser.ParseFrom(frame.Control) : null,
            Size = body.Length,
        };
    }
}
