using System.Buffers.Binary;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

/// <summary>Reads along with one direction of a connection that carries one registration channel, and lists the channel's frames.</summary>
/// <param name="preface">Bytes before the first HTTP/2 frame.</param>
internal sealed class FrameTrace(int preface)
{
    private const int HeadLength = 9;

    private readonly Lock gate = new();
    private readonly List<PassedFrame> frames = [];
    private readonly byte[] head = new byte[HeadLength];
    private byte[] messages = new byte[64 * 1024];
    private int prefaceLeft = preface;
    private int headRead;
    private int payloadLeft;
    private int buffered;

    /// <summary>What has passed so far, in order.</summary>
    public PassedFrame[] Frames
    {
        get
        {
            lock (gate)
            {
                return [.. frames];
            }
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            int skipped = Math.Min(prefaceLeft, bytes.Length);
            prefaceLeft -= skipped;
            bytes = bytes[skipped..];
            while (!bytes.IsEmpty)
            {
                bytes = bytes[(payloadLeft > 0 ? TakePayload(bytes) : TakeHead(bytes))..];
            }
        }
    }

    private int TakeHead(ReadOnlySpan<byte> bytes)
    {
        int taken = Math.Min(HeadLength - headRead, bytes.Length);
        bytes[..taken].CopyTo(head.AsSpan(headRead));
        headRead += taken;
        if (headRead == HeadLength)
        {
            headRead = 0;
            payloadLeft = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8;
        }

        return taken;
    }

    private int TakePayload(ReadOnlySpan<byte> bytes)
    {
        int taken = Math.Min(payloadLeft, bytes.Length);
        payloadLeft -= taken;
        if (head[3] == Http2Frame.Data)
        {
            if (messages.Length - buffered < taken)
            {
                Array.Resize(ref messages, Math.Max(messages.Length * 2, buffered + taken));
            }

            bytes[..taken].CopyTo(messages.AsSpan(buffered));
            buffered += taken;
            CutMessages();
        }

        return taken;
    }

    private void CutMessages()
    {
        int at = 0;
        while (buffered - at >= FrameField.PrefixLength)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(messages.AsSpan(at + 1));
            if (buffered - at - FrameField.PrefixLength < length)
            {
                break;
            }

            frames.Add(Read(messages.AsSpan(at + FrameField.PrefixLength, length)));
            at += FrameField.PrefixLength + length;
        }

        messages.AsSpan(at, buffered - at).CopyTo(messages);
        buffered -= at;
    }

    private static PassedFrame Read(ReadOnlySpan<byte> body)
    {
        Assert.True(FrameDecoder.TryDecode(body, out Frame frame, out string? error), error);
        int cost = frame.Payload.Length + frame.Fragment.Length + (frame.PayloadField != 0 || frame.HasMessageLength ? FrameField.PrefixLength : 0);

        // Control frames have the same numbers in both directions, as far as both know them.
        PassedFrame.Kind says = frame.HasControl ? PassedFrame.OfControl(RouterControl.Parser.ParseFrom(frame.Control).KindCase) : PassedFrame.Kind.None;
        says |= frame.HasOpening ? PassedFrame.Kind.Start : 0;
        says |= frame.HasCancel ? PassedFrame.Kind.Cancel : 0;
        says |= frame.Credit > 0 ? PassedFrame.Kind.Credit : 0;
        return new PassedFrame(frame.CallId, cost, says, frame.PayloadField);
    }
}
