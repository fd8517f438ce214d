namespace GrpcRouter.Protocol.Tests;

public sealed class CallerNameTests
{
    [Theory]
    [InlineData("api-key", "billing", "api-key:billing")]
    [InlineData("certificate", "spiffe://example.org/billing", "certificate:spiffe://example.org/billing")]
    [InlineData("a:b", "c:d", "a%3Ab:c:d")]
    [InlineData("test", "100 % né\r\n", "test:100%20%25%20n%C3%A9%0D%0A")]
    [InlineData("", "", ":")]
    public void A_name_is_written_in_visible_ASCII_and_read_as_it_was(string scheme, string name, string value)
    {
        Assert.Equal(value, CallerName.Encode(scheme, name));
        Assert.True(CallerName.TryDecode(value, out string readScheme, out string readName));
        Assert.Equal((scheme, name), (readScheme, readName));
    }

    [Fact]
    public void A_value_without_a_scheme_names_nobody() => Assert.False(CallerName.TryDecode("billing", out _, out _));
}
