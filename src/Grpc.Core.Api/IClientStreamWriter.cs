namespace Grpc.Core;

/// <summary>The requests of a call, on the client's side.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Ends the requests. No write may follow.</summary>
    Task CompleteAsync();
}
