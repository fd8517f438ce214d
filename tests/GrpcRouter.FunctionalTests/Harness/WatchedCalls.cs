using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrpcRouter.FunctionalTests;

/// <summary>Calls whose statuses are read from the wire.</summary>
internal sealed class WatchedCalls
{
    private const string Key = "probe-call";
    private const int StreamClosed = 5;

    private readonly SentStatuses sent = new(Key);
    private int calls;

    /// <summary>Makes a channel whose calls can be watched.</summary>
    public GrpcChannelOptions Options => new() { HttpHandler = sent.CreateHandler(), DisposeHttpClient = true };

    /// <summary>Headers of a call whose status is to be known.</summary>
    public Metadata NewCall() => new() { { Key, Interlocked.Increment(ref calls).ToString(CultureInfo.InvariantCulture) } };

    /// <summary>
    /// The status of a failed call as it was sent. A client that is cancelled may write once more to a stream that it has reset, which Kestrel answers with the end of the connection:
    /// its other calls have lost their router.
    /// </summary>
    public StatusCode StatusOf(Metadata call, RpcException error) => LostConnection(error.Status.DebugException) ? StatusCode.Unavailable : sent.Of(call, error);

    private static bool LostConnection(Exception? cause) =>
        cause is not null && (cause is HttpProtocolException { ErrorCode: StreamClosed } || LostConnection(cause.InnerException));
}
