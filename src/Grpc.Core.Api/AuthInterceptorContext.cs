namespace Grpc.Core;

/// <summary>The call that an <see cref="AsyncAuthInterceptor"/> adds credentials to.</summary>
public class AuthInterceptorContext
{
    /// <summary>Creates a context.</summary>
    /// <param name="serviceUrl">The URL of the service.</param>
    /// <param name="methodName">The simple name of the method.</param>
    public AuthInterceptorContext(string serviceUrl, string methodName)
        : this(serviceUrl, methodName, CancellationToken.None)
    {
    }

    /// <summary>Creates a context.</summary>
    /// <param name="serviceUrl">The URL of the service.</param>
    /// <param name="methodName">The simple name of the method.</param>
    /// <param name="cancellationToken">Cancelled when the call is.</param>
    public AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(serviceUrl);
        ArgumentNullException.ThrowIfNull(methodName);
        ServiceUrl = serviceUrl;
        MethodName = methodName;
        CancellationToken = cancellationToken;
    }

    /// <summary>The URL of the service.</summary>
    public string ServiceUrl { get; }

    /// <summary>The simple name of the method.</summary>
    public string MethodName { get; }

    /// <summary>Cancelled when the call is.</summary>
    public CancellationToken CancellationToken { get; }
}
