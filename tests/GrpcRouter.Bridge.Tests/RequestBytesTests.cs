using System.Buffers;

namespace GrpcRouter.Bridge.Tests;

public sealed class RequestBytesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Messages_come_out_as_they_went_in_whatever_their_sizes_and_pieces(int seed)
    {
        Random random = new(seed);
        RequestBytes bytes = new();
        Queue<(byte[] Message, bool Compressed)> model = new();
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(100) < 52)
            {
                byte[] message = new byte[random.Next(20) == 0 ? random.Next(40_000) : random.Next(300)];
                random.NextBytes(message);
                bool compressed = random.Next(2) == 0;
                bytes.AppendPrefix((uint)message.Length, compressed);
                for (int at = 0; at < message.Length;)
                {
                    int length = Math.Min(message.Length - at, random.Next(1, 20_000));
                    bytes.Append(message.AsSpan(at, length));
                    at += length;
                }

                model.Enqueue((message, compressed));
            }
            else
            {
                Assert.Equal(model.Count > 0, bytes.TryPeek(out uint length, out bool compressed));
                if (model.TryDequeue(out (byte[] Message, bool Compressed) expected))
                {
                    Assert.Equal(expected.Compressed, compressed);
                    Assert.Equal((uint)expected.Message.Length, length);
                    Assert.True(bytes.Read(length).ToArray().AsSpan().SequenceEqual(expected.Message));
                    bytes.Consume(length);
                }
            }

            Assert.Equal(model.Sum(static entry => entry.Message.Length + 5), bytes.Length);
        }

        bytes.Clear();
        Assert.Equal(0, bytes.Length);
        Assert.False(bytes.TryPeek(out _, out _));
    }

    [Fact]
    public void Appending_does_not_disturb_a_message_that_is_being_read()
    {
        RequestBytes bytes = new();
        byte[] first = [.. Enumerable.Range(0, 5_000).Select(static i => (byte)i)];
        bytes.AppendPrefix((uint)first.Length, compressed: false);
        bytes.Append(first);
        ReadOnlySequence<byte> reading = bytes.Read((uint)first.Length);
        for (int i = 0; i < 50; i++)
        {
            bytes.AppendPrefix(3_000, compressed: false);
            bytes.Append(new byte[3_000]);
        }

        Assert.Equal(first, reading.ToArray());
    }
}
