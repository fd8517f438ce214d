using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>What the router's reasons for withdrawing a call are as a status.</summary>
internal static class Cancellation
{
    public static void Abort(InboundCall call, ReadOnlySpan<byte> cancel)
    {
        CallCancel message;
        try
        {
            message = CallCancel.Parser.ParseFrom(cancel);
        }
        catch (InvalidProtocolBufferException)
        {
            throw call.Violation("its cancel cannot be read");
        }

        (StatusCode code, string reason) = message.Reason switch
        {
            CancelReason.Deadline => (StatusCode.DeadlineExceeded, "Deadline Exceeded"),
            CancelReason.Limit => (StatusCode.ResourceExhausted, "The router withdrew the call: a limit was passed."),
            CancelReason.Violation => (StatusCode.Internal, "The router withdrew the call: a rule of the protocol was broken."),
            CancelReason.Router => (StatusCode.Unavailable, "The router withdrew the call."),
            _ => (StatusCode.Cancelled, "Call canceled by the client."),
        };
        call.Abort(code, reason);
    }
}
