namespace GrpcRouter.Protocol;

/// <summary>Cuts a stretch of the channel's bytes into frames and gives them to a handler.</summary>
public static class FrameCutter
{
    /// <summary>Gives every frame that is there as a whole.</summary>
    /// <param name="bytes">What came, from the start of a frame.</param>
    /// <param name="maxFrameSize">Largest frame in bytes, without the prefix; a larger one is refused by its declared length.</param>
    /// <param name="handler">Takes the frames.</param>
    /// <param name="needed">Bytes that the first incomplete frame takes, prefix included; just the prefix when its length is not known yet.</param>
    /// <returns>Bytes used.</returns>
    /// <exception cref="ProtocolViolationException">The peer broke a rule.</exception>
    public static int Cut(ReadOnlySpan<byte> bytes, int maxFrameSize, IFrameHandler handler, out int needed)
    {
        int used = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = bytes[used..];
            needed = FrameField.PrefixLength;
            if (!MessagePrefix.TryRead(rest, out bool compressed, out uint length))
            {
                return used;
            }

            Check(compressed, length, maxFrameSize);
            needed += (int)length;
            if (rest.Length < needed)
            {
                return used;
            }

            Handle(rest[FrameField.PrefixLength..needed], handler);
            used += needed;
        }
    }

    internal static void Check(bool compressed, uint length, int maxFrameSize)
    {
        if (compressed)
        {
            throw new ProtocolViolationException("A frame has its compressed flag set; frames are never compressed.");
        }

        if (length > maxFrameSize)
        {
            throw new ProtocolViolationException($"A frame of {length} bytes is over the limit of {maxFrameSize}.");
        }
    }

    internal static void Handle(ReadOnlySpan<byte> body, IFrameHandler handler)
    {
        if (!FrameDecoder.TryDecode(body, out Frame frame, out string? error))
        {
            throw new ProtocolViolationException($"A frame of {body.Length} bytes cannot be read: {error}.");
        }

        if (frame.HasControl != (frame.CallId == 0))
        {
            throw new ProtocolViolationException(frame.HasControl
                ? $"A channel frame names call {frame.CallId}."
                : "A call frame names no call.");
        }

        handler.OnFrame(frame);
    }
}
