namespace Grpc.Core;

/// <summary>The responses of a call, on the server's side.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
