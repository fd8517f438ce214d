using System.Buffers.Binary;

namespace GrpcRouter.Protocol.Tests;

public sealed class FrameCutterTests
{
    private const int Limit = 65_536;

    [Fact]
    public void Whole_frames_are_given_and_the_rest_is_left()
    {
        byte[] bytes = [.. Frame(1), .. Frame(2), .. Frame(3)];
        int third = Frame(1).Length * 2;
        for (int length = 0; length <= bytes.Length; length++)
        {
            Taker taker = new();
            int used = FrameCutter.Cut(bytes.AsSpan(0, length), Limit, taker, out int needed);

            Assert.Equal(length / Frame(1).Length, taker.Ids.Count);
            Assert.Equal(taker.Ids.Count * Frame(1).Length, used);
            Assert.Equal(length - used < 5 ? 5 : Frame(1).Length, needed);
        }

        Assert.Equal(third, FrameCutter.Cut(bytes.AsSpan(0, third + 4), Limit, new Taker(), out _));
    }

    [Fact]
    public void A_frame_over_the_limit_is_refused_by_its_prefix_after_those_before_it_were_given()
    {
        byte[] prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), Limit + 1);
        byte[] bytes = [.. Frame(1), .. prefix];
        Taker taker = new();

        Assert.Throws<ProtocolViolationException>(() => FrameCutter.Cut(bytes, Limit, taker, out _));
        Assert.Equal([1ul], taker.Ids);
    }

    [Fact]
    public void A_compressed_frame_is_refused() =>
        Assert.Throws<ProtocolViolationException>(() => FrameCutter.Cut([1, 0, 0, 0, 0], Limit, new Taker(), out _));

    private static byte[] Frame(ulong callId)
    {
        FrameBuffer buffer = new();
        int mark = buffer.BeginFrame(callId);
        buffer.WriteVarint(FrameField.Credit, 1);
        buffer.EndFrame(mark);
        return buffer.WrittenSpan.ToArray();
    }

    private sealed class Taker : IFrameHandler
    {
        public List<ulong> Ids { get; } = [];

        public void OnFrame(in Frame frame) => Ids.Add(frame.CallId);

        public IThreadPoolWorkItem? OnBatchEnd() => null;
    }
}
