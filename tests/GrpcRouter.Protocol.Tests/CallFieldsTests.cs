using System.Text;

namespace GrpcRouter.Protocol.Tests;

/// <summary>The parts of CallStart, CallHeaders and CallEnd. Equality with the generated classes is FramePropertyTests' matter.</summary>
public sealed class CallFieldsTests
{
    [Fact]
    public void An_empty_start_has_no_deadline_and_no_method()
    {
        Assert.True(CallStartFields.TryRead([], out var start));
        Assert.False(start.HasTimeout);
        Assert.Equal(0U, start.Method);
        Assert.True(start.Encoding.IsEmpty && start.AcceptEncoding.IsEmpty && start.Authority.IsEmpty && start.Peer.IsEmpty);
    }

    [Fact]
    public void A_deadline_that_has_passed_differs_from_none()
    {
        Assert.True(CallStartFields.TryRead(Hex.Bytes("10 00"), out var start));
        Assert.True(start.HasTimeout);
        Assert.Equal(0UL, start.TimeoutMicroseconds);
    }

    [Fact]
    public void An_empty_end_is_OK()
    {
        Assert.True(CallEndFields.TryRead([], out var end));
        Assert.Equal(0U, end.Code);
        Assert.False(end.NotDispatched);
        Assert.True(end.Message.IsEmpty && end.Details.IsEmpty);
    }

    [Fact]
    public void The_last_of_a_repeated_scalar_counts_as_in_any_protobuf_parser()
    {
        Assert.True(CallEndFields.TryRead(Hex.Bytes("08 05 08 07 28 01 28 00 12 01 61 12 01 62"), out var end));
        Assert.Equal(7U, end.Code);
        Assert.False(end.NotDispatched);
        Assert.Equal("b"u8.ToArray(), end.Message.ToArray());
    }

    [Fact]
    public void A_field_of_another_wire_type_is_unknown_as_in_any_protobuf_parser()
    {
        Assert.True(CallStartFields.TryRead(Hex.Bytes("0A 01 61 12 01 61 20 05"), out var start));
        Assert.Equal(0U, start.Method);
        Assert.False(start.HasTimeout);
        Assert.True(start.Encoding.IsEmpty);
    }

    [Theory]
    [InlineData("00 00")] // field 0
    [InlineData("0B 0C")] // a group
    [InlineData("0E 00")] // wire type 6
    [InlineData("92 80 80 80 10 01 61")] // a tag beyond 32 bits that ends like a known one
    [InlineData("FA FF FF FF FF FF FF FF FF 02 00")] // a tag beyond 64 bits
    [InlineData("22 02 61")] // cut short
    [InlineData("08")]
    [InlineData("08 80")]
    [InlineData("99 06 00 00 00")] // fixed64 cut short
    [InlineData("9D 06 00")] // fixed32 cut short
    public void Bytes_that_are_no_message_are_refused_by_every_reader(string bytes)
    {
        var message = Hex.Bytes(bytes);

        Assert.False(CallStartFields.TryRead(message, out _));
        Assert.False(CallHeadersFields.TryRead(message, out _));
        Assert.False(CallEndFields.TryRead(message, out _));
        MetadataReader reader = new(message, MetadataReader.InCallEnd);
        Assert.False(reader.Read());
        Assert.True(reader.Broken);
    }

    [Theory]
    [InlineData("08 FF FF FF FF 0F", true)]
    [InlineData("08 80 80 80 80 10", false)]
    [InlineData("08 FF FF FF FF FF FF FF FF FF 01", false)]
    public void A_method_or_a_code_beyond_32_bits_is_refused(string bytes, bool fits)
    {
        Assert.Equal(fits, CallStartFields.TryRead(Hex.Bytes(bytes), out _));
        Assert.Equal(fits, CallEndFields.TryRead(Hex.Bytes(bytes), out _));
    }

    [Fact]
    public void Metadata_keeps_order_duplicates_and_empty_values()
    {
        var entries = ReadAll("22 04 0A 02 61 61  22 00  22 05 12 03 00 FF 0A  22 04 0A 02 61 61  22 07 12 01 78 0A 02 61 61");

        Assert.Equal(["aa=", "=", "=00FF0A", "aa=", "aa=78"], entries);
    }

    [Fact]
    public void Metadata_between_other_fields_is_found() =>
        Assert.Equal(["a=", "b="], ReadAll("08 05 22 03 0A 01 61 12 02 68 69 9D 06 00 00 00 00 22 03 0A 01 62 28 01"));

    [Fact]
    public void Fields_that_an_entry_of_a_later_version_adds_are_stepped_over() =>
        Assert.Equal(["a=78"], ReadAll("22 0E 18 05 0A 01 61 22 02 00 00 12 01 78 2A 00"));

    [Theory]
    [InlineData("22 03 0A 01 61 22 09 0A 01 62")] // the second entry is cut short
    [InlineData("22 03 0A 01 61 22 02 0A 05")] // its key is
    [InlineData("22 03 0A 01 61 22 02 0B 0C")] // a group in it
    [InlineData("22 03 0A 01 61 22 02 02 00")] // field 0 in it
    [InlineData("22 03 0A 01 61 22 07 8A 80 80 80 10 01 62")] // a tag beyond 32 bits in it
    public void A_broken_entry_ends_the_reading_and_says_so(string bytes)
    {
        MetadataReader reader = new(Hex.Bytes(bytes), MetadataReader.InCallEnd);

        Assert.True(reader.Read());
        Assert.Equal("a"u8.ToArray(), reader.Key.ToArray());
        Assert.False(reader.Read());
        Assert.True(reader.Broken);
        Assert.False(reader.Read());
    }

    [Fact]
    public void No_bytes_make_a_reader_throw() => Seeds.ForEach(50_000, random =>
    {
        var bytes = random.NextBool() ? random.NextBytes(60) : Mutation.Of(Hex.Bytes("08 05 22 03 0A 01 61 12 02 68 69 22 03 0A 01 62 28 01"), random);
        _ = CallStartFields.TryRead(bytes, out _);
        _ = CallHeadersFields.TryRead(bytes, out _);
        _ = CallEndFields.TryRead(bytes, out _);
        for (var field = 1; field < 5; field++)
        {
            MetadataReader reader = new(bytes, field);
            var entries = 0;
            while (reader.Read())
            {
                entries++;
            }

            Assert.InRange(entries, 0, bytes.Length / 2);
        }
    });

    private static List<string> ReadAll(string bytes)
    {
        List<string> entries = [];
        MetadataReader reader = new(Hex.Bytes(bytes), MetadataReader.InCallEnd);
        while (reader.Read())
        {
            entries.Add($"{Encoding.UTF8.GetString(reader.Key)}={Convert.ToHexString(reader.Value)}");
        }

        Assert.False(reader.Broken);
        return entries;
    }
}
