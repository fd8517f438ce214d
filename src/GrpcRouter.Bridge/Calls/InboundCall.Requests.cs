using System.Buffers;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <content>What the client sends.</content>
internal sealed partial class InboundCall
{
    /// <summary>Deserializes the request that came whole.</summary>
    /// <exception cref="RpcException">It cannot be read.</exception>
    public T ReadWhole<T>(Marshaller<T> marshaller)
    {
        try
        {
            return incoming.Deserialize(marshaller, whole.Bytes);
        }
        finally
        {
            whole.Release();
        }
    }

    /// <summary>Deserializes the message that the request queue has promised.</summary>
    /// <exception cref="RpcException">It cannot be read.</exception>
    public T ReadMessage<T>(Marshaller<T> marshaller)
    {
        RequestQueue requests = queue!;
        ReadOnlySequence<byte> bytes = requests.Read(out bool compressed);
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
            requests.Release();
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

        if (!TryTake(frame, begins, (uint)length))
        {
            Abort(StatusCode.Internal, "The router sent more than it had credit for.");
            return false;
        }

        return true;
    }

    /// <returns>False when the router had no credit for it.</returns>
    private bool TryTake(in Frame frame, bool begins, uint length)
    {
        if (queue is not null)
        {
            return begins
                ? queue.Begin(length, frame.Compressed, frame.PayloadField != 0 ? frame.Payload : frame.Fragment)
                : queue.Continue(frame.Fragment);
        }

        if (frame.HasOpening)
        {
            whole.Set(frame.Payload);
            return FrameField.PrefixLength + frame.Payload.Length <= Bridge.Options.CallWindow;
        }

        return HasEnded ? true : throw Violation("message data follows the half-close");
    }

    private ICompressionProvider RequestCompression()
    {
        string encoding = Context.Opening.MessageEncoding;
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
        throw new OperationCanceledException(reason, Context.Token);
    }
}
