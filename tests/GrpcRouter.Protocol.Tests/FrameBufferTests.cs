using System.Buffers;
using System.Buffers.Binary;
using Greet;

namespace GrpcRouter.Protocol.Tests;

public sealed class FrameBufferTests
{
    [Fact]
    public void A_frame_begins_with_the_prefix_of_a_grpc_message()
    {
        using FrameBuffer buffer = new();
        var mark = buffer.BeginFrame(1);
        buffer.WriteVarint(FrameField.Credit, 300);
        buffer.EndFrame(mark);

        Assert.Equal("00 00 00 00 05 08 01 28 AC 02", Hex.Of(buffer.WrittenSpan));
    }

    [Fact]
    public void A_channel_frame_has_no_call_id()
    {
        using FrameBuffer buffer = new();
        var mark = buffer.BeginFrame(0);
        buffer.EndNested(buffer.BeginNested(FrameField.Control));
        buffer.EndFrame(mark);

        Assert.Equal("00 00 00 00 02 7A 00", Hex.Of(buffer.WrittenSpan));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(16_382)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(2_097_151)]
    [InlineData(2_097_152)]
    public void A_nested_message_of_any_length_is_read_back(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        using FrameBuffer buffer = new();
        var mark = buffer.BeginFrame(7);
        var end = buffer.BeginNested(FrameField.End);
        var inner = buffer.BeginNested(4);
        buffer.WriteRaw(content);
        buffer.EndNested(inner);
        buffer.EndNested(end);
        buffer.WriteVarint(FrameField.Credit, 9);
        buffer.EndFrame(mark);

        Assert.True(FrameDecoder.TryDecode(Body(buffer), out var frame, out var error), error);
        Assert.Equal(9UL, frame.Credit);
        using FrameBuffer expected = new();
        expected.WriteBytes(4, content);
        Assert.True(frame.End.SequenceEqual(expected.WrittenSpan));
    }

    [Fact]
    public void Nested_lengths_that_grow_at_every_level_stay_right()
    {
        for (var length = 100; length < 140; length++)
        {
            GreeterInstanceFrame expected = new() { CallId = 3, End = new() { Message = "m" } };
            expected.End.Trailers.Add(new V1.MetadataEntry { Key = "k", Value = Google.Protobuf.ByteString.CopyFrom(new byte[length]) });
            using FrameBuffer buffer = new();
            var mark = buffer.BeginFrame(3);
            var end = buffer.BeginNested(FrameField.End);
            buffer.WriteString(CallEndFields.MessageField, "m");
            var entry = buffer.BeginNested(MetadataReader.InCallEnd);
            buffer.WriteString(1, "k");
            buffer.WriteBytes(2, new byte[length]);
            buffer.EndNested(entry);
            buffer.EndNested(end);
            buffer.EndFrame(mark);

            Assert.Equal(expected, GreeterInstanceFrame.Parser.ParseFrom(Body(buffer)));
        }
    }

    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(127UL, 1)]
    [InlineData(128UL, 2)]
    [InlineData(16_383UL, 2)]
    [InlineData(16_384UL, 3)]
    [InlineData(uint.MaxValue, 5)]
    [InlineData((1UL << 63) - 1, 9)]
    [InlineData(1UL << 63, 10)]
    [InlineData(ulong.MaxValue, 10)]
    public void A_varint_takes_a_byte_for_each_seven_bits(ulong value, int size)
    {
        using FrameBuffer buffer = new();
        buffer.WriteVarint(FrameField.Credit, value);

        Assert.Equal(1 + size, buffer.Length);
        Assert.True(FrameDecoder.TryDecode(buffer.WrittenSpan, out var frame, out var error), error);
        Assert.Equal(value, frame.Credit);
    }

    [Theory]
    [InlineData(20_000, 3)]
    [InlineData(262_143, 3)]
    [InlineData(262_144, 4)]
    [InlineData(33_554_431, 4)]
    [InlineData(33_554_432, 5)]
    [InlineData(536_870_911, 5)]
    public void A_payload_may_have_any_method_number(int number, int tag)
    {
        using FrameBuffer buffer = new();
        buffer.WriteBytes(number, "abc"u8);

        Assert.True(FrameDecoder.TryDecode(buffer.WrittenSpan, out var frame, out var error), error);
        Assert.Equal((uint)number, frame.PayloadField);
        Assert.Equal("abc"u8.ToArray(), frame.Payload.ToArray());
        Assert.Equal(tag, buffer.Length - 4);
    }

    [Fact]
    public void Bytes_in_several_segments_are_written_in_order()
    {
        using FrameBuffer buffer = new();
        buffer.WriteBytes(FrameField.Fragment, Segments.Of("ab"u8.ToArray(), [], "cde"u8.ToArray()));

        Assert.Equal("42 05 61 62 63 64 65", Hex.Of(buffer.WrittenSpan));
    }

    [Fact]
    public void Text_is_written_as_utf8()
    {
        using FrameBuffer buffer = new();
        buffer.WriteString(2, "Größe 🙂");

        Assert.Equal("12 0C 47 72 C3 B6 C3 9F 65 20 F0 9F 99 82", Hex.Of(buffer.WrittenSpan));
    }

    [Fact]
    public void Several_frames_follow_each_other()
    {
        using FrameBuffer buffer = new();
        for (ulong id = 1; id <= 300; id++)
        {
            var mark = buffer.BeginFrame(id);
            buffer.WriteBytes(FrameField.Fragment, new byte[id]);
            buffer.EndFrame(mark);
        }

        var rest = buffer.WrittenSpan;
        for (ulong id = 1; id <= 300; id++)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest[1..]);
            Assert.True(FrameDecoder.TryDecode(rest.Slice(FrameField.PrefixLength, length), out var frame, out var error), error);
            Assert.Equal(id, frame.CallId);
            Assert.Equal((int)id, frame.Fragment.Length);
            rest = rest[(FrameField.PrefixLength + length)..];
        }

        Assert.True(rest.IsEmpty);
    }

    [Theory]
    [InlineData(0U, false, "00 00 00 00 00")]
    [InlineData(258U, true, "01 00 00 01 02")]
    [InlineData(uint.MaxValue, false, "00 FF FF FF FF")]
    public void A_message_prefix_is_a_flag_and_four_bytes_of_length(uint length, bool compressed, string expected)
    {
        byte[] prefix = new byte[FrameField.PrefixLength];
        MessagePrefix.Write(prefix, compressed, length);

        Assert.Equal(expected, Hex.Of(prefix));
    }

    [Fact]
    public void It_serves_as_a_buffer_writer()
    {
        using FrameBuffer buffer = new();
        "ab"u8.CopyTo(buffer.GetSpan(2));
        buffer.Advance(2);
        "cd"u8.CopyTo(buffer.GetMemory().Span);
        buffer.Advance(2);
        buffer.Write(new byte[10_000]);

        Assert.Equal(10_004, buffer.Length);
        Assert.Equal("abcd"u8.ToArray(), buffer.WrittenSpan[..4].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void It_can_be_used_again_after_a_reset(int length)
    {
        using FrameBuffer buffer = new();
        buffer.WriteRaw(new byte[length]);
        buffer.Reset();
        Assert.Equal(0, buffer.Length);
        buffer.WriteRaw("x"u8);

        Assert.Equal("x"u8.ToArray(), buffer.WrittenMemory.ToArray());
    }

    private static ReadOnlySpan<byte> Body(FrameBuffer buffer) => buffer.WrittenSpan[FrameField.PrefixLength..];
}
