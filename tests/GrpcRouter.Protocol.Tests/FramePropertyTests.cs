using Google.Protobuf;
using Google.Protobuf.Reflection;
using Test.V1;

namespace GrpcRouter.Protocol.Tests;

/// <summary>The classes that protoc generates are the contract; the fast path must agree with them for every content.</summary>
public sealed class FramePropertyTests
{
    private const int Count = 1_000;

    [Theory]
    [InlineData("find")]
    [InlineData("add")]
    [InlineData("list")]
    [InlineData("talk")]
    [InlineData(null)]
    public void Generated_classes_read_what_the_fast_path_writes_to_an_instance(string? method) => Seeds.ForEach(Count, random =>
    {
        var content = RandomFrame.ToInstance(random, Method(CatalogRouterFrame.Descriptor, method));

        var frame = CatalogRouterFrame.Parser.ParseFrom(FastFrame.Write(content, random).AsSpan(FrameField.PrefixLength));

        Assert.Equal(content.ToString(), GeneratedFrame.Content(frame).ToString());
    });

    [Theory]
    [InlineData("find")]
    [InlineData("add")]
    [InlineData("list")]
    [InlineData("talk")]
    [InlineData(null)]
    public void Generated_classes_read_what_the_fast_path_writes_to_a_router(string? method) => Seeds.ForEach(Count, random =>
    {
        var content = RandomFrame.ToRouter(random, Method(CatalogInstanceFrame.Descriptor, method));

        var frame = CatalogInstanceFrame.Parser.ParseFrom(FastFrame.Write(content, random).AsSpan(FrameField.PrefixLength));

        Assert.Equal(content.ToString(), GeneratedFrame.Content(frame).ToString());
    });

    [Theory]
    [InlineData("find")]
    [InlineData("add")]
    [InlineData("list")]
    [InlineData("talk")]
    [InlineData(null)]
    public void The_fast_path_reads_what_generated_classes_write_to_an_instance(string? method) => Seeds.ForEach(Count, random =>
    {
        var content = RandomFrame.ToInstance(random, Method(CatalogRouterFrame.Descriptor, method));
        var frame = GeneratedFrame.ToInstance(content);
        frame.Start?.MergeFrom(RandomMessage.UnknownFields(random, 8, 40_000));
        byte[] body = [.. frame.ToByteArray(), .. RandomMessage.UnknownFields(random, 16, 18_999)];

        Assert.Equal(content.ToString(), FastFrame.Read(body, toInstance: true).ToString());
    });

    [Theory]
    [InlineData("find")]
    [InlineData("add")]
    [InlineData("list")]
    [InlineData("talk")]
    [InlineData(null)]
    public void The_fast_path_reads_what_generated_classes_write_to_a_router(string? method) => Seeds.ForEach(Count, random =>
    {
        var content = RandomFrame.ToRouter(random, Method(CatalogInstanceFrame.Descriptor, method));
        var frame = GeneratedFrame.ToRouter(content);
        frame.Headers?.MergeFrom(RandomMessage.UnknownFields(random, 4, 40_000));
        frame.End?.MergeFrom(RandomMessage.UnknownFields(random, 6, 40_000));
        byte[] body = [.. frame.ToByteArray(), .. RandomMessage.UnknownFields(random, 16, 18_999)];

        Assert.Equal(content.ToString(), FastFrame.Read(body, toInstance: false).ToString());
    });

    [Fact]
    public void Fields_of_a_payload_that_nobody_knows_survive_byte_for_byte() => Seeds.ForEach(Count, random =>
    {
        var payload = RandomMessage.UnknownFields(random, 30_000, 536_870_911);
        FrameContent content = new() { CallId = 1, PayloadField = CatalogRouterFrame.FindFieldNumber, Payload = payload };

        var written = FastFrame.Write(content, random);

        Assert.Equal(payload, FastFrame.Read(written.AsSpan(FrameField.PrefixLength), toInstance: true).Payload);
        Assert.Equal(payload, CatalogRouterFrame.Parser.ParseFrom(written.AsSpan(FrameField.PrefixLength)).Find.ToByteArray());
    });

    [Fact]
    public void A_payload_that_is_no_message_passes_as_it_is() => Seeds.ForEach(Count, random =>
    {
        var payload = random.NextBytes(40_000);
        FrameContent content = new() { CallId = 1, PayloadField = (uint)random.Next(20_000, 536_870_912), Payload = payload };

        Assert.Equal(payload, FastFrame.Read(FastFrame.Write(content, random).AsSpan(FrameField.PrefixLength), toInstance: true).Payload);
    });

    private static FieldDescriptor? Method(MessageDescriptor frame, string? name) => name is null ? null : frame.FindFieldByName(name);
}
