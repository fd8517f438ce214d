using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A unary call that has been started.</summary>
/// <typeparam name="TResponse">The response message.</typeparam>
public sealed class AsyncUnaryCall<TResponse> : IDisposable
{
    private readonly AsyncCallState _state;

    /// <summary>Creates the handle of a call.</summary>
    /// <param name="responseAsync">The response.</param>
    /// <param name="responseHeadersAsync">The response headers.</param>
    /// <param name="getStatusFunc">Gets the status once the call is over.</param>
    /// <param name="getTrailersFunc">Gets the trailers once the call is over.</param>
    /// <param name="disposeAction">Gives the call up.</param>
    public AsyncUnaryCall(
        Task<TResponse> responseAsync,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction)
    {
        ResponseAsync = responseAsync;
        _state = new(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>Creates the handle of a call whose callbacks share a state object.</summary>
    /// <param name="responseAsync">The response.</param>
    /// <param name="responseHeadersAsync">Gets the response headers.</param>
    /// <param name="getStatusFunc">Gets the status once the call is over.</param>
    /// <param name="getTrailersFunc">Gets the trailers once the call is over.</param>
    /// <param name="disposeAction">Gives the call up.</param>
    /// <param name="state">Passed to every callback.</param>
    public AsyncUnaryCall(
        Task<TResponse> responseAsync,
        Func<object, Task<Metadata>> responseHeadersAsync,
        Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction,
        object state)
    {
        ResponseAsync = responseAsync;
        _state = new(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>The response; fails with an <see cref="RpcException"/> when the call does.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The response headers, as soon as they are there.</summary>
    public Task<Metadata> ResponseHeadersAsync => _state.ResponseHeadersAsync();

    /// <summary>Lets the call be awaited for its response.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Configures how the response is awaited.</summary>
    /// <param name="continueOnCapturedContext">Whether to come back to the captured context.</param>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The status of the call, once it is over.</summary>
    /// <exception cref="InvalidOperationException">The call is not over.</exception>
    public Status GetStatus() => _state.GetStatus();

    /// <summary>The trailers of the call, once it is over.</summary>
    /// <exception cref="InvalidOperationException">The call is not over.</exception>
    public Metadata GetTrailers() => _state.GetTrailers();

    /// <summary>Gives the call up if it is not over, and frees what it holds.</summary>
    public void Dispose() => _state.Dispose();
}
