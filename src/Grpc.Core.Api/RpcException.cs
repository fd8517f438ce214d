namespace Grpc.Core;

/// <summary>A call that ended with another status than OK, or a handler's wish to end it so.</summary>
public class RpcException : Exception
{
    /// <summary>Creates the error; the message is the status as text.</summary>
    /// <param name="status">The status of the call.</param>
    public RpcException(Status status)
        : this(status, Metadata.Empty, status.ToString())
    {
    }

    /// <summary>Creates the error with a message of its own.</summary>
    /// <param name="status">The status of the call.</param>
    /// <param name="message">The message of the exception; not sent to the peer.</param>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>Creates the error with trailers.</summary>
    /// <param name="status">The status of the call.</param>
    /// <param name="trailers">The trailers of the call.</param>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>Creates the error with trailers and a message of its own.</summary>
    /// <param name="status">The status of the call.</param>
    /// <param name="trailers">The trailers of the call.</param>
    /// <param name="message">The message of the exception; not sent to the peer.</param>
    /// <exception cref="ArgumentNullException"><paramref name="trailers"/> is null.</exception>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>The status of the call.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>The trailers of the call; empty when there are none.</summary>
    public Metadata Trailers { get; }
}
