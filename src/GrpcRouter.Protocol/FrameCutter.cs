using System.Buffers.Binary;

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
            if (rest.Length < needed)
            {
                return used;
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest[1..]);
            FrameLoop.Check(rest[0] != 0, length, maxFrameSize);
            needed += (int)length;
            if (rest.Length < needed)
            {
                return used;
            }

            FrameLoop.Handle(rest[FrameField.PrefixLength..needed], handler);
            used += needed;
        }
    }
}
