namespace Grpc.Core;

/// <summary>Credentials sent with a call, as metadata.</summary>
public abstract class CallCredentials
{
    /// <summary>Joins credentials; they are added in the given order.</summary>
    /// <param name="credentials">At least two.</param>
    /// <exception cref="ArgumentException">Fewer than two are given.</exception>
    public static CallCredentials Compose(params CallCredentials[] credentials) => new CompositeCallCredentials(credentials);

    /// <summary>Credentials that a delegate adds.</summary>
    /// <param name="interceptor">The delegate.</param>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor) => new InterceptorCallCredentials(interceptor);

    /// <summary>Shows a transport what the credentials are made of.</summary>
    /// <param name="configurator">The transport's side.</param>
    /// <param name="state">Passed through to the configurator.</param>
    public abstract void InternalPopulateConfiguration(CallCredentialsConfiguratorBase configurator, object? state);
}
