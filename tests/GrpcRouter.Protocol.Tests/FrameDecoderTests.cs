namespace GrpcRouter.Protocol.Tests;

public sealed class FrameDecoderTests
{
    private const string Payload = "C2 E5 D1 09";

    [Fact]
    public void Every_field_is_read()
    {
        var frame = Decode("08 96 01", "12 01 61", "18 01", "22 01 62", "28 05", "30 06", "38 01", "42 01 63", "4A 01 64", "7A 01 65", Payload + " 01 66");

        Assert.Equal(150UL, frame.CallId);
        Assert.True(frame.HasOpening);
        Assert.Equal("a"u8.ToArray(), frame.Opening.ToArray());
        Assert.True(frame.HalfClose);
        Assert.True(frame.HasCancel);
        Assert.Equal("b"u8.ToArray(), frame.Cancel.ToArray());
        Assert.Equal(5UL, frame.Credit);
        Assert.True(frame.HasMessageLength);
        Assert.Equal(6UL, frame.MessageLength);
        Assert.True(frame.Compressed);
        Assert.True(frame.HasFragment);
        Assert.Equal("c"u8.ToArray(), frame.Fragment.ToArray());
        Assert.True(frame.HasEnd);
        Assert.Equal("d"u8.ToArray(), frame.End.ToArray());
        Assert.True(frame.HasControl);
        Assert.Equal("e"u8.ToArray(), frame.Control.ToArray());
        Assert.Equal(2_526_808U, frame.PayloadField);
        Assert.Equal("f"u8.ToArray(), frame.Payload.ToArray());
        Assert.True(frame.HasMessageData);
    }

    [Fact]
    public void An_empty_frame_has_nothing()
    {
        var frame = Decode();

        Assert.Equal(0UL, frame.CallId);
        Assert.Equal(0UL, frame.Credit);
        Assert.Equal(0U, frame.PayloadField);
        Assert.False(frame.HasOpening || frame.HalfClose || frame.HasCancel || frame.HasMessageLength || frame.Compressed);
        Assert.False(frame.HasFragment || frame.HasEnd || frame.HasControl || frame.HasMessageData);
    }

    [Fact]
    public void Present_and_empty_differs_from_absent()
    {
        var frame = Decode("12 00", "22 00", "30 00", "42 00", "4A 00", "7A 00", Payload + " 00");

        Assert.True(frame.HasOpening && frame.HasCancel && frame.HasMessageLength && frame.HasFragment && frame.HasEnd && frame.HasControl);
        Assert.NotEqual(0U, frame.PayloadField);
        Assert.True(frame.Payload.IsEmpty);
        Assert.Equal(0UL, frame.MessageLength);
    }

    [Fact]
    public void An_empty_payload_is_a_message()
    {
        Assert.True(Decode("08 01", Payload + " 00").HasMessageData);
        Assert.True(Decode("08 01", "30 00").HasMessageData);
        Assert.True(Decode("08 01", "42 00").HasMessageData);
        Assert.False(Decode("08 01", "28 01").HasMessageData);
    }

    [Fact]
    public void Fields_may_come_in_any_order()
    {
        var frame = Decode(Payload + " 01 66", "18 01", "12 01 61", "08 09");

        Assert.Equal(9UL, frame.CallId);
        Assert.True(frame.HasOpening && frame.HalfClose);
        Assert.Equal("f"u8.ToArray(), frame.Payload.ToArray());
    }

    [Fact]
    public void A_flag_that_is_false_says_nothing()
    {
        var frame = Decode("08 01", "18 00", "38 00");

        Assert.False(frame.HalfClose);
        Assert.False(frame.Compressed);
    }

    [Theory]
    [InlineData("50 01")] // 10, varint
    [InlineData("59 01 02 03 04 05 06 07 08")] // 11, fixed64
    [InlineData("62 03 01 02 03")] // 12, bytes
    [InlineData("75 01 02 03 04")] // 14, fixed32
    [InlineData("82 01 00")] // 16
    [InlineData("82 02 00")] // 32: a shift of 1 by 32 would be field 0
    [InlineData("8A 02 00")] // 33
    [InlineData("FA 03 00")] // 63
    [InlineData("FA E1 09 01 00")] // 19,999, the last below the payloads
    public void A_field_of_a_later_version_is_stepped_over(string unknown)
    {
        var frame = Decode("08 01", unknown, "28 05");

        Assert.Equal(1UL, frame.CallId);
        Assert.Equal(5UL, frame.Credit);
        Assert.False(frame.HasMessageData);
        Assert.Equal(5UL, Decode(unknown, unknown, "28 05").Credit);
    }

    [Theory]
    [InlineData("08 01")]
    [InlineData("12 00")]
    [InlineData("18 01")]
    [InlineData("18 00")]
    [InlineData("22 00")]
    [InlineData("28 00")]
    [InlineData("30 00")]
    [InlineData("38 01")]
    [InlineData("38 00")]
    [InlineData("42 00")]
    [InlineData("4A 00")]
    [InlineData("7A 00")]
    public void A_known_field_that_comes_twice_is_refused(string field)
    {
        Assert.Contains("comes twice", Error(field, field), StringComparison.Ordinal);
        Assert.Contains("comes twice", Error(field, "50 01", field), StringComparison.Ordinal);
        Assert.Contains("comes twice", Error(field, field[..2] == "28" ? "30 01" : "28 01", field), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("C2 E5 D1 09 00", "C2 E5 D1 09 00")]
    [InlineData("C2 E5 D1 09 00", "82 E2 09 00")]
    public void Two_payloads_are_refused(string first, string second) =>
        Assert.Contains("two payloads", Error(first, second), StringComparison.Ordinal);

    [Theory]
    [InlineData(FrameField.CallId, 0)]
    [InlineData(FrameField.Opening, 2)]
    [InlineData(FrameField.HalfClose, 0)]
    [InlineData(FrameField.Cancel, 2)]
    [InlineData(FrameField.Credit, 0)]
    [InlineData(FrameField.MessageLength, 0)]
    [InlineData(FrameField.Compressed, 0)]
    [InlineData(FrameField.Fragment, 2)]
    [InlineData(FrameField.End, 2)]
    [InlineData(FrameField.Control, 2)]
    [InlineData(FrameField.FirstMethod, 2)]
    [InlineData(536_870_911, 2)]
    public void A_known_field_of_another_wire_type_is_refused(int field, int right)
    {
        for (var wireType = 0; wireType < 8; wireType++)
        {
            using FrameBuffer buffer = new();
            buffer.WriteVarint(field, 0);
            // The tag ends before the value's one byte; its lowest three bits are those of the first byte.
            var bytes = buffer.WrittenSpan[..^1].ToArray();
            bytes[0] |= (byte)wireType;
            byte[] body = [.. bytes, 0, 0, 0, 0, 0, 0, 0, 0];

            var decoded = FrameDecoder.TryDecode(body.AsSpan(0, wireType is 1 or 5 ? body.Length : bytes.Length + 1), out _, out var error);

            Assert.Equal(wireType == right, decoded);
            Assert.Equal(decoded, error is null);
        }
    }

    [Theory]
    [InlineData("0B 0C")] // group of field 1
    [InlineData("53 54")] // group of an unknown field
    [InlineData("54")]
    [InlineData("56 00")]
    [InlineData("57 00")]
    public void Groups_and_wire_types_that_do_not_exist_are_refused(string bytes) => Error(bytes);

    [Theory]
    [InlineData("00")]
    [InlineData("02 00")]
    [InlineData("05 00 00 00 00")]
    [InlineData("80 00")]
    public void Field_number_0_is_refused(string bytes) => Assert.Contains("is no tag", Error(bytes), StringComparison.Ordinal);

    [Theory]
    [InlineData("80 80 80 80 10")] // 2^32, whose lower half would be field 0
    [InlineData("8A 80 80 80 10 00")] // 2^32 above the tag of field 1
    [InlineData("FF FF FF FF FF FF FF FF FF 01")]
    public void A_tag_beyond_32_bits_is_refused(string bytes) => Assert.Contains("is no tag", Error(bytes), StringComparison.Ordinal);

    [Theory]
    [InlineData("28 80 80 80 80 80 80 80 80 80 80 00")] // eleven bytes
    [InlineData("28 80 80 80 80 80 80 80 80 80 02")] // bit 64
    [InlineData("28 FF FF FF FF FF FF FF FF FF 7F")]
    [InlineData("50 80 80 80 80 80 80 80 80 80 80 00")]
    [InlineData("88 80 80 80 80 80 80 80 80 80 00 00")] // a tag of eleven bytes
    public void A_varint_of_more_than_64_bits_is_refused(string bytes) => Error(bytes);

    [Fact]
    public void A_varint_longer_than_needed_is_read()
    {
        Assert.Equal(5UL, Decode("A8 00 85 80 80 80 80 80 80 80 80 00").Credit);
        Assert.Equal(ulong.MaxValue, Decode("28 FF FF FF FF FF FF FF FF FF 01").Credit);
    }

    [Theory]
    [InlineData("12 05 61 62")]
    [InlineData("12 FF FF FF FF 0F")]
    [InlineData("12 FF FF FF FF FF FF FF FF FF 01")]
    [InlineData("12 FF FF FF FF FF FF FF FF 7F")]
    [InlineData("C2 E5 D1 09 FF FF FF FF 07 00")]
    [InlineData("62 80 80 80 80 08")]
    public void A_length_beyond_the_frame_is_refused(string bytes) => Error(bytes);

    [Fact]
    public void A_frame_cut_anywhere_but_between_fields_is_refused()
    {
        string[] fields = ["08 96 01", "12 02 61 61", "18 01", "22 01 62", "28 85 01", "30 06", "38 01", "42 01 63", "59 01 02 03 04 05 06 07 08", "75 01 02 03 04", "7A 01 65", Payload + " 01 66"];
        var whole = Hex.Bytes(string.Concat(fields));
        HashSet<int> between = [0];
        var length = 0;
        foreach (var field in fields)
        {
            between.Add(length += Hex.Bytes(field).Length);
        }

        for (var end = 0; end <= whole.Length; end++)
        {
            Assert.Equal(between.Contains(end), FrameDecoder.TryDecode(whole.AsSpan(0, end), out _, out _));
        }
    }

    private static Frame Decode(params string[] fields)
    {
        Assert.True(FrameDecoder.TryDecode(Hex.Bytes(string.Concat(fields)), out var frame, out var error), error);
        Assert.Null(error);
        return frame;
    }

    private static string Error(params string[] fields)
    {
        Assert.False(FrameDecoder.TryDecode(Hex.Bytes(string.Concat(fields)), out _, out var error));
        return Assert.IsType<string>(error);
    }
}
