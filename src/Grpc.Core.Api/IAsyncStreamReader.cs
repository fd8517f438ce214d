namespace Grpc.Core;

/// <summary>A stream of messages that is being received.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message the last <see cref="MoveNext"/> came to.</summary>
    T Current { get; }

    /// <summary>Waits for the next message. One wait at a time.</summary>
    /// <param name="cancellationToken">Cancels the call, not only the wait.</param>
    /// <returns>Whether there is a message; false at the end of the stream.</returns>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
