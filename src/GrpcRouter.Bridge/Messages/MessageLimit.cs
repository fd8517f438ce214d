using Grpc.Core;

namespace GrpcRouter;

/// <summary>The errors of messages that are too large.</summary>
internal static class MessageLimit
{
    public static Status ReceivedStatus(ulong length, long limit) => new(
        StatusCode.ResourceExhausted, $"The request message of {length} bytes is over the limit of {limit}.");

    public static RpcException Received(int limit) => new(new Status(
        StatusCode.ResourceExhausted, $"The decompressed request message is over the limit of {limit} bytes."));

    public static RpcException Sent(int length, long limit) => new(new Status(
        StatusCode.ResourceExhausted, $"The response message of {length} bytes is over the limit of {limit}."));
}
