namespace Grpc.Core;

/// <summary>A stream of messages that is being sent.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the following messages are written.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message. One write at a time.</summary>
    /// <param name="message">The message.</param>
    Task WriteAsync(T message);

    /// <summary>Writes a message. One write at a time.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels the call, not only the write.</param>
    /// <exception cref="NotSupportedException">The token can be cancelled and the transport does not support that.</exception>
    Task WriteAsync(T message, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? throw new NotSupportedException("This stream cannot cancel writes.")
        : WriteAsync(message);
}
