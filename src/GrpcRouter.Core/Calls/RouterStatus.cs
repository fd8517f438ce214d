using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// A status that the router itself ends a call with. The client finds the reason in grpc-status-details-bin, as google.rpc.ErrorInfo
/// of the domain <c>router</c>, and so can tell it from the service's own statuses.
/// </summary>
/// <param name="Code">gRPC status code.</param>
/// <param name="Reason">Upper-case constant, one of <see cref="RouterReasons"/>.</param>
/// <param name="Message">For people.</param>
public readonly record struct RouterStatus(StatusCode Code, string Reason, string Message)
{
    private const string ErrorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";

    /// <summary>The domain of router-made errors.</summary>
    public const string Domain = "router";

    /// <summary>Serializes google.rpc.Status with one google.rpc.ErrorInfo (google/rpc/status.proto, error_details.proto).</summary>
    public byte[] ToDetails()
    {
        using FrameBuffer buffer = new();
        buffer.WriteVarint(1, (ulong)Code);
        buffer.WriteString(2, Message);
        int any = buffer.BeginNested(3);
        buffer.WriteString(1, ErrorInfoType);
        int info = buffer.BeginNested(2);
        buffer.WriteString(1, Reason);
        buffer.WriteString(2, Domain);
        buffer.EndNested(info);
        buffer.EndNested(any);
        return buffer.WrittenSpan.ToArray();
    }
}
