using System.Buffers;

namespace Grpc.Core.Api.Tests;

public sealed class MarshallerTests
{
    [Fact]
    public void A_marshaller_on_arrays_works_through_contexts_too()
    {
        var marshaller = Marshallers.Create(Convert.FromHexString, Convert.ToHexString);
        RecordingContext context = new();
        marshaller.ContextualSerializer("CAFE", context);

        Assert.Equal([0xCA, 0xFE], context.Payload);
        Assert.Equal("CAFE", marshaller.Deserializer(marshaller.Serializer("CAFE")));
    }

    [Fact]
    public void A_marshaller_on_contexts_works_on_arrays_too()
    {
        var marshaller = Marshallers.Create(Write, Read);

        Assert.Equal("abc"u8, marshaller.Serializer("abc"));
        Assert.Equal("abc", marshaller.Deserializer([.. "abc"u8]));
    }

    [Fact]
    public void A_message_that_is_never_completed_is_an_error()
    {
        var marshaller = Marshallers.Create<string>((_, context) => context.GetBufferWriter(), Read);

        Assert.Throws<InvalidOperationException>(() => marshaller.Serializer("abc"));
    }

    [Fact]
    public void A_message_of_another_length_than_announced_is_an_error()
    {
        var marshaller = Marshallers.Create<string>(
            (_, context) =>
            {
                context.SetPayloadLength(3);
                context.GetBufferWriter().Write("x"u8);
                context.Complete();
            },
            Read);

        Assert.Throws<InvalidOperationException>(() => marshaller.Serializer("abc"));
    }

    [Fact]
    public void Texts_are_marshalled_as_utf8()
    {
        Assert.Equal("größer"u8, Marshallers.StringMarshaller.Serializer("größer"));
        Assert.Equal("größer", Marshallers.StringMarshaller.Deserializer([.. "größer"u8]));
    }

    [Fact]
    public void A_generated_message_survives_its_marshaller()
    {
        var method = GeneratedMethods.Get<Echo.Words, Echo.Words>("One");

        Assert.Equal("hello", method.ResponseMarshaller.Deserializer(method.RequestMarshaller.Serializer(new() { Text = "hello" })).Text);
    }

    private static void Write(string text, SerializationContext context)
    {
        context.SetPayloadLength(text.Length);
        context.GetBufferWriter().Write(System.Text.Encoding.ASCII.GetBytes(text));
        context.Complete();
    }

    private static string Read(DeserializationContext context)
    {
        Assert.Equal(context.PayloadAsNewBuffer().Length, context.PayloadLength);
        return System.Text.Encoding.ASCII.GetString(context.PayloadAsReadOnlySequence().ToArray());
    }

    private sealed class RecordingContext : SerializationContext
    {
        public byte[]? Payload { get; private set; }

        public override void Complete(byte[] payload) => Payload = payload;
    }
}
