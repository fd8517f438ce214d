using System.Text;

namespace GrpcRouter.Protocol.Tests;

public sealed class MetadataRulesTests
{
    [Theory]
    [InlineData("")]
    [InlineData(":path")]
    [InlineData(":authority")]
    [InlineData(":anything")]
    [InlineData("connection")]
    [InlineData("content-length")]
    [InlineData("content-type")]
    [InlineData("grpc-accept-encoding")]
    [InlineData("grpc-encoding")]
    [InlineData("grpc-message")]
    [InlineData("grpc-status")]
    [InlineData("grpc-status-details-bin")]
    [InlineData("grpc-timeout")]
    [InlineData("host")]
    [InlineData("keep-alive")]
    [InlineData("proxy-connection")]
    [InlineData("te")]
    [InlineData("trailer")]
    [InlineData("transfer-encoding")]
    [InlineData("upgrade")]
    [InlineData("grpcrouter-")]
    [InlineData("grpcrouter-tenant")]
    public void What_belongs_to_HTTP_gRPC_or_the_router_is_reserved_in_any_case(string key)
    {
        Assert.True(MetadataRules.IsReserved(key));
        Assert.True(MetadataRules.IsReserved(key.ToUpperInvariant()));
    }

    [Theory]
    [InlineData("x-trace")]
    [InlineData("authorization")]
    [InlineData("user-agent")]
    [InlineData("grpc-trace-bin")]
    [InlineData("grpc-previous-rpc-attempts")]
    [InlineData("grpc-retry-pushback-ms")]
    [InlineData("grpcrouter")]
    [InlineData("x-grpcrouter-tenant")]
    [InlineData("te-")]
    [InlineData("content-types")]
    public void Everything_else_is_the_application_s(string key) => Assert.False(MetadataRules.IsReserved(key));

    [Fact]
    public void A_key_is_made_of_lower_case_letters_digits_and_three_signs()
    {
        Assert.False(MetadataRules.IsValidKey([]));
        for (var octet = 0; octet < 256; octet++)
        {
            var letter = (char)octet;
            var expected = letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.';
            Assert.Equal(expected, MetadataRules.IsValidKey([(byte)octet]));
            Assert.Equal(expected, MetadataRules.IsValidKey([(byte)'a', (byte)octet, (byte)'z']));
        }
    }

    [Fact]
    public void A_value_is_made_of_printable_ASCII_and_inner_tabs()
    {
        Assert.True(MetadataRules.IsValidValue([]));
        for (var octet = 0; octet < 256; octet++)
        {
            var printable = octet is >= 0x20 and <= 0x7E;
            Assert.Equal(printable || octet == '\t', MetadataRules.IsValidValue([(byte)'a', (byte)octet, (byte)'z']));
            Assert.Equal(printable && octet != ' ', MetadataRules.IsValidValue([(byte)octet]));
        }
    }

    [Theory]
    [InlineData(" v")]
    [InlineData("v ")]
    [InlineData("\tv")]
    [InlineData("v\t")]
    [InlineData(" ")]
    public void White_space_at_an_edge_is_no_part_of_a_field_value(string value)
    {
        Assert.False(MetadataRules.IsValidValue(Encoding.ASCII.GetBytes(value)));
        Assert.True(MetadataRules.IsValidValue(MetadataRules.TrimValue(Encoding.ASCII.GetBytes(value))));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("v", "v")]
    [InlineData(" \t v w\t ", "v w")]
    [InlineData("\u00A0", "\u00A0")]
    public void Trimming_takes_spaces_and_tabs_off_the_edges_and_nothing_else(string value, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(MetadataRules.TrimValue(Encoding.Latin1.GetBytes(value))));
}
