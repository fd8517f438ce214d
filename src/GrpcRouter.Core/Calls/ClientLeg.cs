using System.IO.Pipelines;
using System.Net;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// The client's side of a call as the engine sees it: bytes in and out, headers, trailers. ASP.NET on Kestrel is one implementation;
/// the engine knows nothing of HTTP. All members but <see cref="OnClientGone"/> are used by one caller at a time. A leg may serve
/// one call after another, and is cheaper the second time.
/// </summary>
public abstract class ClientLeg
{
    private const long NoCall = -1;

    private RoutedCall? relay;
    private HedgedCall? hedge;
    private IClientWatcher? watcher;
    private long serial = NoCall;

    /// <summary>The request's messages, each with its gRPC prefix. A failing read means that the client is gone.</summary>
    public abstract PipeReader RequestBody { get; }

    /// <summary>Takes the response's messages, each with its gRPC prefix.</summary>
    public abstract PipeWriter ResponseBody { get; }

    /// <summary>Who the caller has proved to be; null: nobody.</summary>
    public virtual PeerIdentity? Identity => null;

    /// <summary>Whose call it is, as the router has made sure; null: nobody's in particular.</summary>
    public virtual string? Tenant => null;

    /// <summary>The caller's network address; null where there is none, as on a Unix socket.</summary>
    public virtual IPAddress? Address => null;

    /// <summary>The connection that the call came on, where its calls are counted; null where there is none.</summary>
    public virtual PeerConnection? Connection => null;

    /// <summary>The value of grpc-timeout; null when the client sent none.</summary>
    public abstract string? TimeoutHeader { get; }

    /// <summary>The fields of CallStart that come from the client: metadata, encodings, authority, peer. See <see cref="PrepareStart"/>.</summary>
    public abstract ReadOnlySpan<byte> Start { get; }

    /// <summary>Serializes <see cref="Start"/>, which then stands until the call is over.</summary>
    /// <returns>Size of the metadata as key + value + 32 an entry.</returns>
    public abstract int PrepareStart();

    /// <summary>The value of a request header, by name in any case; several values joined by commas. Null when there is none.</summary>
    public abstract string? GetHeader(string key);

    /// <summary>
    /// Takes a serialized CallHeaders, checked, or nothing for default headers, and sends them with the next flush or the end.
    /// </summary>
    public abstract void SetHeaders(ReadOnlySpan<byte> headers);

    /// <summary>Adds the header <c>grpcrouter-session</c> to the headers that were just set: a call that brings it back goes to the same instance.</summary>
    /// <param name="token">Names the instance; ASCII.</param>
    public abstract void SetSession(string token);

    /// <summary>
    /// Adds the trailer <c>grpcrouter-drain</c> to an end that follows at once: what the call ran on is leaving, and a client that opens its stream
    /// again need not wait.
    /// </summary>
    /// <param name="drainer">Who leaves: <c>instance</c>, <c>router</c>, or <c>channel</c> when neither does.</param>
    public abstract void SetDrain(string drainer);

    /// <summary>Takes a serialized CallEnd, checked. Without headers or messages before it, the response is trailers-only.</summary>
    public abstract void SetEnd(in CallEndFields end, ReadOnlySpan<byte> message);

    /// <summary>Ends the response with a status of the router's own.</summary>
    public abstract void SetEnd(in RouterStatus status);

    /// <summary>Resets the client's stream: there is nothing left to say to it.</summary>
    public abstract void Abort();

    /// <summary>
    /// The response is complete, but some of it may wait for the client. When the time is over and it still does, the stream is to be reset. The default does nothing.
    /// </summary>
    /// <param name="timers">Keeps the time.</param>
    /// <param name="limit">What the client has.</param>
    public virtual void WatchDelivery(DeadlineWheel timers, TimeSpan limit)
    {
    }

    /// <summary>The client took nothing of a response in time, and its stream is about to be reset: counts it and names the client.</summary>
    /// <param name="watch">Counts and names.</param>
    /// <param name="what">What the client did and what came of it.</param>
    public virtual void OnStalled(AbuseWatch watch, string what)
    {
        ArgumentNullException.ThrowIfNull(watch);
        watch.ReportRefusal(AbuseKinds.StalledReader, "A client", what);
    }

    /// <summary>To be called when the client resets the stream or its connection is lost; from any thread, more than once if need be.</summary>
    protected void OnClientGone()
    {
        long call = Volatile.Read(ref serial);
        Volatile.Read(ref watcher)?.OnClientGone(call);
    }

    /// <summary>Starts to watch for the client's end.</summary>
    protected abstract void StartWatching();

    /// <summary>
    /// Stops to watch. <see cref="OnClientGone"/> is not running when it returns. Also called when the watch was never started; the
    /// leg is not used for this call any more.
    /// </summary>
    protected abstract void StopWatching();

    /// <summary>Carries the calls of this leg, one after the other.</summary>
    internal RoutedCall Relay
    {
        get => relay ??= new RoutedCall();
        set => relay = value;
    }

    /// <summary>Carries the hedged calls of this leg, one after the other.</summary>
    internal HedgedCall Hedge
    {
        get => hedge ??= new HedgedCall();
        set => hedge = value;
    }

    /// <summary>Lets the request pump return from a read of <see cref="RequestBody"/>.</summary>
    internal virtual void WakeRequests() => RequestBody.Wake();

    /// <summary>Ends the call that <see cref="Relay"/> carries, if there is one.</summary>
    internal void Fail(in CallFailure cause) => relay?.Fail(Volatile.Read(ref serial), cause);

    internal void Attach(IClientWatcher call, long callSerial)
    {
        Volatile.Write(ref watcher, call);
        Volatile.Write(ref serial, callSerial);
        StartWatching();
    }

    internal void Detach()
    {
        StopWatching();
        Volatile.Write(ref serial, NoCall);
    }
}
