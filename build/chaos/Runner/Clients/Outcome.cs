using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>Tells a call that its client ended from one that lost its router. The library may report either as UNAVAILABLE: its reader notices first that the stream has been reset.</summary>
internal static class Outcome
{
    /// <param name="sent">The status, as it was sent where it was.</param>
    /// <param name="error">What the library made of it.</param>
    /// <param name="cancelled">Whether the client has cancelled the call.</param>
    /// <param name="expired">Whether the call's deadline has passed.</param>
    public static StatusCode Of(StatusCode sent, RpcException error, bool cancelled, bool expired)
    {
        // A lost connection, or the other side's reset, is in the inner exception.
        bool resetHere = sent == StatusCode.Unavailable && error.Status.DebugException is IOException { InnerException: null };
        return !resetHere ? sent : cancelled ? StatusCode.Cancelled : expired ? StatusCode.DeadlineExceeded : sent;
    }
}
