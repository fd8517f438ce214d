using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>Serializes initial metadata and the ends of calls, within the limits of the router.</summary>
internal static class CallEndings
{
    private const string DetailsKey = "grpc-status-details-bin";

    /// <summary>An OK end without trailers: nothing but defaults.</summary>
    public static readonly CallEnding Ok = new(ReadOnlyMemory<byte>.Empty);

    /// <summary>Serializes CallHeaders.</summary>
    /// <exception cref="RpcException">The metadata is over the limit.</exception>
    /// <exception cref="ArgumentException">A value cannot stand in a header field.</exception>
    public static byte[] Headers(Metadata? metadata, string? encoding, string? acceptEncoding, int limit)
    {
        using FrameBuffer buffer = new();
        int size = 0;
        foreach (Metadata.Entry entry in metadata ?? Metadata.Empty)
        {
            if (IsOwn(entry))
            {
                continue;
            }

            if (!MetadataBytes.IsWritable(entry))
            {
                throw new ArgumentException($"The value of the response header '{entry.Key}' holds characters other than printable ASCII.", nameof(metadata));
            }

            size += MetadataBytes.SizeOf(entry);
            MetadataBytes.Write(buffer, MetadataReader.InCallHeaders, entry);
        }

        if (size > limit)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"Response headers of {size} bytes are over the limit of {limit}."));
        }

        if (encoding is not null)
        {
            buffer.WriteString(CallHeadersFields.EncodingField, encoding);
        }

        if (acceptEncoding is not null)
        {
            buffer.WriteString(CallHeadersFields.AcceptEncodingField, acceptEncoding);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Serializes CallEnd. Trailers over the limit turn the end into RESOURCE_EXHAUSTED.</summary>
    public static CallEnding End(Status status, Metadata? trailers, bool notDispatched, int limit)
    {
        if (status.StatusCode == StatusCode.OK && string.IsNullOrEmpty(status.Detail) && trailers is null or { Count: 0 })
        {
            return Ok;
        }

        using FrameBuffer buffer = new();
        int size = 0;
        bool details = false;
        foreach (Metadata.Entry entry in trailers ?? Metadata.Empty)
        {
            if (entry.Key == DetailsKey && !details)
            {
                details = true;
                size += MetadataBytes.SizeOf(entry);
                buffer.WriteBytes(CallEndFields.DetailsField, entry.ValueBytes);
            }
            else if (!IsOwn(entry) && MetadataBytes.IsWritable(entry))
            {
                size += MetadataBytes.SizeOf(entry);
                MetadataBytes.Write(buffer, MetadataReader.InCallEnd, entry);
            }
        }

        if (size > limit)
        {
            buffer.Reset();
            status = new Status(StatusCode.ResourceExhausted, $"Response trailers of {size} bytes are over the limit of {limit}.");
        }

        WriteStatus(buffer, status, notDispatched);
        return new CallEnding(buffer.WrittenSpan.ToArray());
    }

    private static void WriteStatus(FrameBuffer buffer, Status status, bool notDispatched)
    {
        int code = (int)status.StatusCode;
        buffer.WriteVarint(CallEndFields.CodeField, code < 0 ? (ulong)StatusCode.Unknown : (ulong)code);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            ReadOnlySpan<byte> message = System.Text.Encoding.UTF8.GetBytes(status.Detail);
            buffer.WriteBytes(CallEndFields.MessageField, StatusMessage.Truncate(message));
        }

        if (notDispatched)
        {
            buffer.WriteVarint(CallEndFields.NotDispatchedField, 1);
        }
    }

    private static bool IsOwn(Metadata.Entry entry) =>
        MetadataRules.IsReserved(entry.Key) || entry.Key == MessageEncodings.RequestKey;
}
