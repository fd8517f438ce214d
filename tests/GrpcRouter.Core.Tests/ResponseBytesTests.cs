using System.Buffers;

namespace GrpcRouter.Core.Tests;

public sealed class ResponseBytesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_written_in_pieces_of_any_size_comes_out_in_order(int seed)
    {
        Random random = new(seed);
        ResponseBytes bytes = new();
        for (int round = 0; round < 200; round++)
        {
            ArrayBufferWriter<byte> expected = new();
            int writes = random.Next(1, 12);
            for (int i = 0; i < writes; i++)
            {
                byte[] piece = new byte[random.Next(3) == 0 ? random.Next(60_000) : random.Next(300)];
                random.NextBytes(piece);
                bytes.Write(piece);
                expected.Write(piece);
                Assert.Equal(expected.WrittenCount, bytes.Length);
                Assert.InRange(bytes.Capacity, bytes.Length, (bytes.Length * 2) + (16 * 1024));
            }

            ArrayBufferWriter<byte> actual = new();
            bytes.MoveTo(actual);
            Assert.True(actual.WrittenSpan.SequenceEqual(expected.WrittenSpan));
            Assert.Equal(0, bytes.Length);
        }
    }

    [Fact]
    public void What_is_trimmed_keeps_no_more_than_it_may()
    {
        ResponseBytes bytes = new();
        bytes.Write(new byte[200]);
        bytes.Trim(1_024);
        Assert.InRange(bytes.Capacity, 200, 1_024);
        bytes.Write(new byte[100_000]);
        bytes.Trim(1_024);
        Assert.Equal((0, 0), (bytes.Length, bytes.Capacity));
    }
}
