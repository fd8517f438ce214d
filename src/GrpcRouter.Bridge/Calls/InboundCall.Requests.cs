using System.Buffers;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <content>What the client sends.</content>
internal sealed partial class InboundCall
{
    /// <summary>Deserializes the message that the request queue has promised.</summary>
    /// <exception cref="RpcException">It cannot be read.</exception>
    public T ReadMessage<T>(Marshaller<T> marshaller)
    {
        ReadOnlySequence<byte> bytes = Requests.Read(out bool compressed);
        try
        {
            if (!compressed)
            {
                return incoming.Deserialize(marshaller, bytes);
            }

            using FrameBuffer message = Decompressor.Decompress(RequestCompression(), bytes, Bridge.MaxReceiveMessageSize);
            return incoming.Deserialize(marshaller, new ReadOnlySequence<byte>(message.WrittenMemory));
        }
        finally
        {
            Requests.Release();
        }
    }

    private bool OnMessageData(in Frame frame)
    {
        bool begins = frame.PayloadField != 0 || frame.HasMessageLength;
        ulong length = frame.PayloadField != 0 ? (ulong)frame.Payload.Length : frame.MessageLength;
        if (frame.PayloadField != 0)
        {
            if (frame.PayloadField != (uint)Method.Number)
            {
                throw Violation($"a payload of field {frame.PayloadField} came for the method {Method.Number}");
            }

            if (frame.HasFragment || frame.HasMessageLength || frame.Compressed)
            {
                throw Violation("a frame carries a whole message and what belongs to one in pieces");
            }
        }

        if (begins && length > (ulong)Bridge.MaxReceiveMessageSize)
        {
            Status status = MessageLimit.ReceivedStatus(length, Bridge.MaxReceiveMessageSize);
            Abort(status.StatusCode, status.Detail);
            return false;
        }

        bool credited = begins
            ? Requests.Begin((uint)length, frame.Compressed, frame.PayloadField != 0 ? frame.Payload : frame.Fragment)
            : Requests.Continue(frame.Fragment);
        if (!credited)
        {
            Abort(StatusCode.Internal, "The router sent more than it had credit for.");
        }

        return credited;
    }

    private ICompressionProvider RequestCompression()
    {
        string encoding = Start.MessageEncoding;
        if (encoding is "" or MessageEncodings.Identity)
        {
            throw new RpcException(new Status(StatusCode.Internal, "A request message is flagged as compressed, but the call names no encoding."));
        }

        if (Bridge.Encodings.Find(encoding) is { } provider)
        {
            return provider;
        }

        string reason = $"The request encoding '{encoding}' is not supported; {Bridge.Encodings.AcceptEncoding} are.";
        byte[] headers = CallEndings.Headers(null, encoding: null, Bridge.Encodings.AcceptEncoding, Channel.MetadataLimit);
        Abort(StatusCode.Unimplemented, reason, notDispatched: false, headers);
        throw new OperationCanceledException(reason, Token);
    }
}
