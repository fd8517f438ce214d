using System.Buffers.Binary;

namespace GrpcRouter.Core.Tests;

/// <summary>Clients and requests of races, drawn from a seed.</summary>
internal static class RandomCall
{
    /// <summary>A client whose response may lie unread and which may have a deadline, or neither.</summary>
    public static TestLeg NewLeg(Random random) => new(random.Next(2) * 100) { Timeout = random.Next(3) == 0 ? $"{random.Next(1, 60)}m" : null };

    /// <summary>A request, large now and then, that is told from all others by its tag.</summary>
    public static byte[] Message(Random random, int tag)
    {
        byte[] message = new byte[random.Next(4, random.Next(5) == 0 ? 100_000 : 400)];
        for (int i = 0; i + 4 <= message.Length; i += 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(i), tag);
        }

        return message;
    }
}
