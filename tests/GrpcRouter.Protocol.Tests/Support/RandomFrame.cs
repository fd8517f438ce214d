using Google.Protobuf;
using Google.Protobuf.Reflection;
using Test.V1;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Random content for the frames of test.v1.Catalog, each field there or not.</summary>
internal static class RandomFrame
{
    public static FrameContent ToInstance(Random random, FieldDescriptor? method) => Common(random, method, CatalogRouterFrame.Descriptor) with
    {
        Start = random.NextBool() ? Start(random) : null,
        HalfClose = random.NextBool(),
        Cancel = random.OneIn(4) ? random.Pick(Enum.GetValues<V1.CancelReason>()) : null,
    };

    public static FrameContent ToRouter(Random random, FieldDescriptor? method) => Common(random, method, CatalogInstanceFrame.Descriptor) with
    {
        Headers = random.NextBool() ? new(random.NextText(20), random.NextText(20), Metadata(random)) : null,
        End = random.NextBool() ? new(random.NextUInt32(), random.NextText(3000), random.NextBytes(300), random.NextBool(), Metadata(random)) : null,
    };

    private static FrameContent Common(Random random, FieldDescriptor? method, MessageDescriptor frame) => new()
    {
        CallId = random.NextUInt64(),
        Credit = random.NextBool() ? random.NextUInt64() : 0,
        MessageLength = random.OneIn(3) ? random.NextUInt64() : null,
        Compressed = random.OneIn(3),
        Fragment = random.OneIn(3) ? random.NextBytes(40_000) : [],
        PayloadField = (uint)(method?.FieldNumber ?? 0),
        Payload = method is null ? [] : Payload(random, method),
        Control = random.OneIn(4) ? RandomMessage.Of(frame.FindFieldByNumber(FrameField.Control).MessageType, random).ToByteArray() : null,
    };

    private static byte[] Payload(Random random, FieldDescriptor method) =>
        [.. RandomMessage.Of(method.MessageType, random).ToByteArray(), .. RandomMessage.UnknownFields(random, 30_000, 536_870_911)];

    private static StartContent Start(Random random) => new(
        random.NextUInt32(),
        random.NextBool() ? random.NextUInt64() : null,
        random.NextText(20),
        random.NextText(20),
        random.NextText(20),
        random.NextText(20),
        Metadata(random));

    private static Entry[] Metadata(Random random)
    {
        var entries = new Entry[random.Pick(0, 0, 1, 2, 5, 40)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new(random.Pick("", "a", "x-trace-bin", "same", "same", random.NextText(10)), random.NextBytes(300));
        }

        return entries;
    }
}
