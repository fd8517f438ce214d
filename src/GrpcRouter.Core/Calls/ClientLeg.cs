using System.IO.Pipelines;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// The client's side of a call as the engine sees it: bytes in and out, headers, trailers. ASP.NET on Kestrel is one implementation;
/// the engine knows nothing of HTTP. All members but <see cref="OnClientGone"/> are used by one caller at a time.
/// </summary>
public abstract class ClientLeg
{
    private RoutedCall? call;
    private long serial;

    /// <summary>The request's messages, each with its gRPC prefix. A failing read means that the client is gone.</summary>
    public abstract PipeReader RequestBody { get; }

    /// <summary>Takes the response's messages, each with its gRPC prefix.</summary>
    public abstract PipeWriter ResponseBody { get; }

    /// <summary>The value of grpc-timeout; null when the client sent none.</summary>
    public abstract string? TimeoutHeader { get; }

    /// <summary>Writes the fields of CallStart that come from the client: metadata, encodings, authority, peer.</summary>
    /// <returns>Size of the metadata as key + value + 32 an entry.</returns>
    public abstract int WriteStart(FrameBuffer buffer);

    /// <summary>
    /// Takes a serialized CallHeaders, checked, or nothing for default headers, and sends them with the next flush or the end.
    /// </summary>
    public abstract void SetHeaders(ReadOnlySpan<byte> headers);

    /// <summary>Takes a serialized CallEnd, checked. Without headers or messages before it, the response is trailers-only.</summary>
    public abstract void SetEnd(in CallEndFields end, ReadOnlySpan<byte> message);

    /// <summary>Ends the response with a status of the router's own.</summary>
    public abstract void SetEnd(in RouterStatus status);

    /// <summary>Resets the client's stream: there is nothing left to say to it.</summary>
    public abstract void Abort();

    /// <summary>To be called when the client resets the stream or its connection is lost; from any thread, more than once if need be.</summary>
    protected void OnClientGone() => Volatile.Read(ref call)?.OnClientGone(Volatile.Read(ref serial));

    /// <summary>Starts to watch for the client's end.</summary>
    protected abstract void StartWatching();

    /// <summary>Stops to watch. <see cref="OnClientGone"/> is not running when it returns.</summary>
    protected abstract void StopWatching();

    internal void Attach(RoutedCall attached, long attachedSerial)
    {
        serial = attachedSerial;
        Volatile.Write(ref call, attached);
        StartWatching();
    }

    internal void Detach()
    {
        StopWatching();
        Volatile.Write(ref call, null);
    }
}
