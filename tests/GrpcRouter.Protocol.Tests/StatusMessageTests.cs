using System.Text;

namespace GrpcRouter.Protocol.Tests;

public sealed class StatusMessageTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text, as it is: ~!@#$^&*()", "plain text, as it is: ~!@#$^&*()")]
    [InlineData("100%", "100%25")]
    [InlineData("%41", "%2541")]
    [InlineData("a\nb\r\n\tc", "a%0Ab%0D%0A%09c")]
    [InlineData("\0\u007F", "%00%7F")]
    [InlineData("ä", "%C3%A4")]
    [InlineData("🙂", "%F0%9F%99%82")]
    [InlineData(" ", "%20")]
    [InlineData("  ", "%20%20")]
    [InlineData("   ", "%20 %20")]
    [InlineData(" a b ", "%20a b%20")]
    [InlineData(" a", "%20a")]
    [InlineData("a ", "a%20")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A")]
    public void A_message_is_percent_encoded(string message, string expected) =>
        Assert.Equal(expected, StatusMessage.Encode(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void Decoding_gives_back_every_message() => Seeds.ForEach(5_000, random =>
    {
        var message = Encoding.UTF8.GetBytes(random.NextText(400));
        if (message.Length <= StatusMessage.MaxLength)
        {
            Assert.Equal(message, Decode(StatusMessage.Encode(message)));
        }
    });

    [Fact]
    public void Whatever_the_bytes_the_result_may_stand_in_a_header() => Seeds.ForEach(5_000, random =>
    {
        var encoded = StatusMessage.Encode(random.NextBytes(5_000));

        Assert.DoesNotContain(encoded, letter => letter is < ' ' or > '~');
        Assert.False(encoded.StartsWith(' ') || encoded.EndsWith(' '));
        Assert.InRange(encoded.Length, 0, 3 * StatusMessage.MaxLength);
    });

    [Theory]
    [InlineData("x")]
    [InlineData("ö")]
    [InlineData("語")]
    [InlineData("🙂")]
    public void A_long_message_is_cut_between_characters(string character)
    {
        var size = Encoding.UTF8.GetByteCount(character);
        for (var shift = 0; shift < 5; shift++)
        {
            var message = Encoding.UTF8.GetBytes(new string('.', shift) + string.Concat(Enumerable.Repeat(character, 3000)));

            var cut = StatusMessage.Truncate(message);

            Assert.InRange(cut.Length, StatusMessage.MaxLength - size + 1, StatusMessage.MaxLength);
            Assert.Equal(0, (cut.Length - shift) % size);
            Assert.True(cut.SequenceEqual(message.AsSpan(0, cut.Length)));
            Assert.Equal(cut.ToArray(), Decode(StatusMessage.Encode(message)));
        }
    }

    [Fact]
    public void A_message_as_long_as_the_limit_is_kept()
    {
        var message = new byte[StatusMessage.MaxLength + 1];
        message.AsSpan().Fill((byte)'m');

        Assert.Equal(StatusMessage.MaxLength, StatusMessage.Truncate(message.AsSpan(1)).Length);
        Assert.Equal(StatusMessage.MaxLength, StatusMessage.Truncate(message).Length);
    }

    [Fact]
    public void A_space_that_the_cut_leaves_at_the_end_is_encoded()
    {
        var message = Encoding.UTF8.GetBytes(new string('m', StatusMessage.MaxLength - 1) + " tail");

        Assert.EndsWith("m%20", StatusMessage.Encode(message), StringComparison.Ordinal);
    }

    private static byte[] Decode(string encoded)
    {
        List<byte> bytes = [];
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%')
            {
                bytes.Add(Convert.ToByte(encoded.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                bytes.Add((byte)encoded[i]);
            }
        }

        return [.. bytes];
    }
}
