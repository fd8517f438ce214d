namespace Grpc.Core;

/// <summary>A transport's side of <see cref="CallCredentials.InternalPopulateConfiguration"/>.</summary>
public abstract class CallCredentialsConfiguratorBase
{
    /// <summary>The credentials are joined ones.</summary>
    /// <param name="state">What the transport passed in.</param>
    /// <param name="credentials">The parts, in order.</param>
    public abstract void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials);

    /// <summary>The credentials come from a delegate.</summary>
    /// <param name="state">What the transport passed in.</param>
    /// <param name="interceptor">The delegate.</param>
    public abstract void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor);
}
