using System.Net.Sockets;
using Grpc.Core;
using GrpcRouter.Tests.Rpc;

namespace GrpcRouter.Chaos;

/// <summary>Reads from an error why a call failed, and whether it was turned away before any instance could have it.</summary>
internal static class Refusal
{
    private const string Details = "grpc-status-details-bin";

    /// <summary>No instance has or will run the call: another router may be asked.</summary>
    public static bool NeverRan(RpcException error) =>
        error.StatusCode == StatusCode.Unavailable
        && (ReasonOf(error) is RouterReasons.Shutdown or RouterReasons.NoInstance || (ReasonOf(error) is null && IsConnectionRefused(error)));

    /// <summary>The reason that the router gives; null for errors that are not the router's.</summary>
    public static string? ReasonOf(RpcException error)
    {
        if (error.Trailers.GetValueBytes(Details) is not { } bytes || Tests.Rpc.Status.Parser.ParseFrom(bytes).Details.FirstOrDefault() is not { } any)
        {
            return null;
        }

        ErrorInfo info = any.Unpack<ErrorInfo>();
        return info.Reason;
    }

    private static bool IsConnectionRefused(RpcException error)
    {
        for (Exception? cause = error.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return true;
            }
        }

        return false;
    }
}
