namespace Grpc.Core.Api.Tests;

public sealed class MetadataTests
{
    [Fact]
    public void A_key_is_lower_cased()
    {
        Metadata metadata = new() { { "X-Request-Id", "7" } };

        Assert.Equal("x-request-id", Assert.Single(metadata).Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("colon:")]
    [InlineData("ümlaut")]
    [InlineData("slash/")]
    public void A_key_with_other_characters_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Fact]
    public void A_key_may_hold_digits_dots_dashes_and_underscores() =>
        Assert.Equal("a-1_b.c", new Metadata.Entry("a-1_b.c", "value").Key);

    [Fact]
    public void A_binary_key_refuses_a_text() =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("data-bin", "text"));

    [Fact]
    public void A_text_key_refuses_bytes() =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("data", [1, 2]));

    [Fact]
    public void A_binary_entry_has_no_text()
    {
        Metadata.Entry entry = new("data-bin", [1, 2]);

        Assert.True(entry.IsBinary);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
    }

    [Fact]
    public void The_bytes_of_an_entry_are_the_entrys_own()
    {
        byte[] given = [1, 2];
        Metadata.Entry entry = new("data-bin", given);
        given[0] = 9;
        entry.ValueBytes[1] = 9;

        Assert.Equal([1, 2], entry.ValueBytes);
    }

    [Fact]
    public void A_text_reads_as_its_ascii_bytes() =>
        Assert.Equal("abc"u8, new Metadata.Entry("key", "abc").ValueBytes);

    [Fact]
    public void A_repeated_key_keeps_all_values_in_order_and_reads_as_the_last()
    {
        Metadata metadata = new() { { "k", "1" }, { "other", "x" }, { "k", "2" } };

        Assert.Equal(["1", "2"], metadata.GetAll("k").Select(entry => entry.Value));
        Assert.Equal("2", metadata.GetValue("k"));
        Assert.Equal("2", metadata.Get("k")!.Value);
    }

    [Fact]
    public void A_missing_key_reads_as_null()
    {
        Metadata metadata = new();

        Assert.Null(metadata.Get("k"));
        Assert.Null(metadata.GetValue("k"));
        Assert.Null(metadata.GetValueBytes("k-bin"));
        Assert.Empty(metadata.GetAll("k"));
    }

    [Fact]
    public void The_empty_metadata_is_read_only()
    {
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("k", "v"));
        Assert.Throws<InvalidOperationException>(Metadata.Empty.Clear);
        Assert.Empty(Metadata.Empty);
    }

    [Fact]
    public void Metadata_is_a_list_of_entries()
    {
        Metadata.Entry first = new("a", "1");
        Metadata.Entry second = new("b", "2");
        Metadata metadata = new() { second };
        metadata.Insert(0, first);

        Assert.Equal(1, metadata.IndexOf(second));
        Assert.Contains(first, metadata);
        Assert.True(metadata.Remove(first));
        metadata[0] = first;
        Assert.Same(first, metadata[0]);
        metadata.RemoveAt(0);
        Assert.Empty(metadata);
    }

    [Fact]
    public void An_entry_reads_well()
    {
        Assert.Equal("[Entry: key=k, value=v]", new Metadata.Entry("k", "v").ToString());
        Assert.StartsWith("[Entry: key=k-bin, valueBytes=", new Metadata.Entry("k-bin", [255]).ToString(), StringComparison.Ordinal);
    }
}
