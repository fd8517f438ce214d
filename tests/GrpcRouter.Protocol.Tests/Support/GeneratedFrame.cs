using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Test.V1;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Frames by way of the classes that protoc generates: what a peer in another language would use.</summary>
internal static class GeneratedFrame
{
    public static CatalogRouterFrame ToInstance(FrameContent content)
    {
        CatalogRouterFrame frame = new()
        {
            CallId = content.CallId,
            HalfClose = content.HalfClose,
            Credit = content.Credit,
            Compressed = content.Compressed,
            Fragment = ByteString.CopyFrom(content.Fragment),
        };
        if (content.MessageLength is { } length)
        {
            frame.MessageLength = length;
        }

        if (content.Cancel is { } reason)
        {
            frame.Cancel = new() { Reason = reason };
        }

        if (content.Start is { } start)
        {
            frame.Start = new() { Method = start.Method, Encoding = start.Encoding, AcceptEncoding = start.AcceptEncoding, Authority = start.Authority, Peer = start.Peer };
            frame.Start.Metadata.Add(start.Metadata.Select(Entry));
            if (start.Timeout is { } timeout)
            {
                frame.Start.TimeoutUs = timeout;
            }
        }

        SetMessages(frame, content);
        return frame;
    }

    public static CatalogInstanceFrame ToRouter(FrameContent content)
    {
        CatalogInstanceFrame frame = new()
        {
            CallId = content.CallId,
            Credit = content.Credit,
            Compressed = content.Compressed,
            Fragment = ByteString.CopyFrom(content.Fragment),
        };
        if (content.MessageLength is { } length)
        {
            frame.MessageLength = length;
        }

        if (content.Headers is { } headers)
        {
            frame.Headers = new() { Encoding = headers.Encoding, AcceptEncoding = headers.AcceptEncoding };
            frame.Headers.Metadata.Add(headers.Metadata.Select(Entry));
        }

        if (content.End is { } end)
        {
            frame.End = new() { Code = end.Code, Message = end.Message, Details = ByteString.CopyFrom(end.Details), NotDispatched = end.NotDispatched };
            frame.End.Trailers.Add(end.Trailers.Select(Entry));
        }

        SetMessages(frame, content);
        return frame;
    }

    public static FrameContent Content(CatalogRouterFrame frame) => new()
    {
        CallId = frame.CallId,
        Start = frame.Start is { } start
            ? new(start.Method, start.HasTimeoutUs ? start.TimeoutUs : null, start.Encoding, start.AcceptEncoding, start.Authority, start.Peer, Entries(start.Metadata))
            : null,
        HalfClose = frame.HalfClose,
        Cancel = frame.Cancel?.Reason,
        Credit = frame.Credit,
        MessageLength = frame.HasMessageLength ? frame.MessageLength : null,
        Compressed = frame.Compressed,
        Fragment = frame.Fragment.ToByteArray(),
        PayloadField = (uint)frame.RequestCase,
        Payload = Payload(frame, (int)frame.RequestCase),
        Control = frame.Control?.ToByteArray(),
    };

    public static FrameContent Content(CatalogInstanceFrame frame) => new()
    {
        CallId = frame.CallId,
        Headers = frame.Headers is { } headers ? new(headers.Encoding, headers.AcceptEncoding, Entries(headers.Metadata)) : null,
        Credit = frame.Credit,
        MessageLength = frame.HasMessageLength ? frame.MessageLength : null,
        Compressed = frame.Compressed,
        Fragment = frame.Fragment.ToByteArray(),
        End = frame.End is { } end ? new(end.Code, end.Message, end.Details.ToByteArray(), end.NotDispatched, Entries(end.Trailers)) : null,
        PayloadField = (uint)frame.ResponseCase,
        Payload = Payload(frame, (int)frame.ResponseCase),
        Control = frame.Control?.ToByteArray(),
    };

    private static void SetMessages(IMessage frame, FrameContent content)
    {
        if (content.PayloadField != 0)
        {
            Set(frame, (int)content.PayloadField, content.Payload);
        }

        if (content.Control is not null)
        {
            Set(frame, FrameField.Control, content.Control);
        }
    }

    private static void Set(IMessage frame, int number, byte[] serialized)
    {
        var field = frame.Descriptor.FindFieldByNumber(number);
        field.Accessor.SetValue(frame, field.MessageType.Parser.ParseFrom(serialized));
    }

    private static byte[] Payload(IMessage frame, int number) =>
        number == 0 ? [] : ((IMessage)frame.Descriptor.FindFieldByNumber(number).Accessor.GetValue(frame)).ToByteArray();

    private static V1.MetadataEntry Entry(Entry entry) => new() { Key = entry.Key, Value = ByteString.CopyFrom(entry.Value) };

    private static Entry[] Entries(RepeatedField<V1.MetadataEntry> entries) => [.. entries.Select(entry => new Entry(entry.Key, entry.Value.ToByteArray()))];
}
