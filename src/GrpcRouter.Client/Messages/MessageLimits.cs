using Grpc.Core;

namespace GrpcRouter;

/// <summary>The longest messages of a channel, in bytes.</summary>
internal readonly record struct MessageLimits(long Send, long Receive)
{
    public static MessageLimits From(RouterChannelOptions options) =>
        new(Check(options.MaxSendMessageSize), Check(options.MaxReceiveMessageSize));

    public void CheckSend(long length)
    {
        if (length > Send)
        {
            throw new RpcException(new(StatusCode.ResourceExhausted, $"The message to send has {length} bytes; {Send} are allowed."));
        }
    }

    public void CheckReceive(long length)
    {
        if (length > Receive)
        {
            throw new RpcException(new(StatusCode.ResourceExhausted, $"The received message has {length} bytes; {Receive} are allowed."));
        }
    }

    // Without a limit the array that holds a message still has one.
    private static long Check(int? limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit ?? 0, nameof(limit));
        return limit ?? Array.MaxLength;
    }
}
