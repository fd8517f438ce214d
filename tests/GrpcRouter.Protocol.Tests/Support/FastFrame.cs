using System.Text;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Frames by way of FrameBuffer and FrameDecoder.</summary>
internal static class FastFrame
{
    /// <summary>Writes the parts of a frame in a random order, as protobuf allows.</summary>
    public static byte[] Write(FrameContent content, Random random)
    {
        using FrameBuffer buffer = new();
        buffer.WriteRaw(random.NextBytes(5000));
        var mark = buffer.BeginFrame(content.CallId);
        var parts = Parts(content, buffer).ToArray();
        random.Shuffle(parts);
        foreach (var part in parts)
        {
            part();
        }

        buffer.EndFrame(mark);
        return buffer.WrittenSpan[mark..].ToArray();
    }

    public static FrameContent Read(ReadOnlySpan<byte> body, bool toInstance)
    {
        if (!FrameDecoder.TryDecode(body, out var frame, out var error))
        {
            throw new InvalidDataException(error);
        }

        return new()
        {
            CallId = frame.CallId,
            Start = toInstance && frame.HasOpening ? ReadStart(frame.Opening) : null,
            Headers = !toInstance && frame.HasOpening ? ReadHeaders(frame.Opening) : null,
            HalfClose = toInstance && frame.HalfClose,
            Cancel = toInstance && frame.HasCancel ? V1.CallCancel.Parser.ParseFrom(frame.Cancel).Reason : null,
            Credit = frame.Credit,
            MessageLength = frame.HasMessageLength ? frame.MessageLength : null,
            Compressed = frame.Compressed,
            Fragment = frame.Fragment.ToArray(),
            End = !toInstance && frame.HasEnd ? ReadEnd(frame.End) : null,
            PayloadField = frame.PayloadField,
            Payload = frame.Payload.ToArray(),
            Control = frame.HasControl ? frame.Control.ToArray() : null,
        };
    }

    private static IEnumerable<Action> Parts(FrameContent content, FrameBuffer buffer)
    {
        if (content.Start is { } start)
        {
            yield return () => WriteStart(buffer, start);
        }

        if (content.Headers is { } headers)
        {
            yield return () =>
            {
                var mark = buffer.BeginNested(FrameField.Opening);
                WriteMetadata(buffer, MetadataReader.InCallHeaders, headers.Metadata);
                buffer.WriteString(CallHeadersFields.EncodingField, headers.Encoding);
                buffer.WriteString(CallHeadersFields.AcceptEncodingField, headers.AcceptEncoding);
                buffer.EndNested(mark);
            };
        }

        if (content.End is { } end)
        {
            yield return () => WriteEnd(buffer, end);
        }

        if (content.HalfClose)
        {
            yield return () => buffer.WriteVarint(FrameField.HalfClose, 1);
        }

        if (content.Cancel is { } reason)
        {
            yield return () =>
            {
                var mark = buffer.BeginNested(FrameField.Cancel);
                buffer.WriteVarint(1, (ulong)reason);
                buffer.EndNested(mark);
            };
        }

        if (content.Credit != 0)
        {
            yield return () => buffer.WriteVarint(FrameField.Credit, content.Credit);
        }

        if (content.MessageLength is { } length)
        {
            yield return () => buffer.WriteVarint(FrameField.MessageLength, length);
        }

        if (content.Compressed)
        {
            yield return () => buffer.WriteVarint(FrameField.Compressed, 1);
        }

        if (content.Fragment.Length > 0)
        {
            yield return () => buffer.WriteBytes(FrameField.Fragment, content.Fragment);
        }

        if (content.PayloadField != 0)
        {
            yield return () =>
            {
                var half = content.Payload.Length / 2;
                buffer.WriteBytes((int)content.PayloadField, Segments.Of(content.Payload[..half], content.Payload[half..]));
            };
        }

        if (content.Control is { } control)
        {
            yield return () => buffer.WriteBytes(FrameField.Control, control);
        }
    }

    private static void WriteStart(FrameBuffer buffer, StartContent start)
    {
        var mark = buffer.BeginNested(FrameField.Opening);
        buffer.WriteVarint(CallStartFields.MethodField, start.Method);
        if (start.Timeout is { } timeout)
        {
            buffer.WriteVarint(CallStartFields.TimeoutField, timeout);
        }

        WriteMetadata(buffer, MetadataReader.InCallStart, start.Metadata);
        buffer.WriteString(CallStartFields.EncodingField, start.Encoding);
        buffer.WriteString(CallStartFields.AcceptEncodingField, start.AcceptEncoding);
        buffer.WriteString(CallStartFields.AuthorityField, start.Authority);
        buffer.WriteString(CallStartFields.PeerField, start.Peer);
        buffer.EndNested(mark);
    }

    private static void WriteEnd(FrameBuffer buffer, EndContent end)
    {
        var mark = buffer.BeginNested(FrameField.End);
        buffer.WriteVarint(CallEndFields.CodeField, end.Code);
        buffer.WriteString(CallEndFields.MessageField, end.Message);
        buffer.WriteBytes(CallEndFields.DetailsField, end.Details);
        WriteMetadata(buffer, MetadataReader.InCallEnd, end.Trailers);
        buffer.WriteVarint(CallEndFields.NotDispatchedField, end.NotDispatched ? 1UL : 0);
        buffer.EndNested(mark);
    }

    private static void WriteMetadata(FrameBuffer buffer, int field, IReadOnlyList<Entry> entries)
    {
        foreach (var (key, value) in entries)
        {
            var mark = buffer.BeginNested(field);
            buffer.WriteString(1, key);
            buffer.WriteBytes(2, value);
            buffer.EndNested(mark);
        }
    }

    private static StartContent ReadStart(ReadOnlySpan<byte> message)
    {
        if (!CallStartFields.TryRead(message, out var fields))
        {
            throw new InvalidDataException("The start cannot be read.");
        }

        return new(
            fields.Method,
            fields.HasTimeout ? fields.TimeoutMicroseconds : null,
            Encoding.UTF8.GetString(fields.Encoding),
            Encoding.UTF8.GetString(fields.AcceptEncoding),
            Encoding.UTF8.GetString(fields.Authority),
            Encoding.UTF8.GetString(fields.Peer),
            ReadMetadata(message, MetadataReader.InCallStart));
    }

    private static HeadersContent ReadHeaders(ReadOnlySpan<byte> message)
    {
        if (!CallHeadersFields.TryRead(message, out var fields))
        {
            throw new InvalidDataException("The headers cannot be read.");
        }

        return new(Encoding.UTF8.GetString(fields.Encoding), Encoding.UTF8.GetString(fields.AcceptEncoding), ReadMetadata(message, MetadataReader.InCallHeaders));
    }

    private static EndContent ReadEnd(ReadOnlySpan<byte> message)
    {
        if (!CallEndFields.TryRead(message, out var fields))
        {
            throw new InvalidDataException("The end cannot be read.");
        }

        return new(fields.Code, Encoding.UTF8.GetString(fields.Message), fields.Details.ToArray(), fields.NotDispatched, ReadMetadata(message, MetadataReader.InCallEnd));
    }

    private static List<Entry> ReadMetadata(ReadOnlySpan<byte> message, int field)
    {
        List<Entry> entries = [];
        MetadataReader reader = new(message, field);
        while (reader.Read())
        {
            entries.Add(new(Encoding.UTF8.GetString(reader.Key), reader.Value.ToArray()));
        }

        return reader.Broken ? throw new InvalidDataException("The metadata cannot be read.") : entries;
    }
}
