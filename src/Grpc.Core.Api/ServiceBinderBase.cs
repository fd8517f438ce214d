namespace Grpc.Core;

/// <summary>Takes the methods of a service from its generated <c>BindService</c>. A transport derives from it.</summary>
public abstract class ServiceBinderBase
{
    /// <summary>Takes a method; throws unless overridden.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">The handler; null when the service was bound without an instance.</param>
    /// <exception cref="NotImplementedException">The binder does not override this.</exception>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Takes a method; throws unless overridden.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">The handler; null when the service was bound without an instance.</param>
    /// <exception cref="NotImplementedException">The binder does not override this.</exception>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Takes a method; throws unless overridden.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">The handler; null when the service was bound without an instance.</param>
    /// <exception cref="NotImplementedException">The binder does not override this.</exception>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Takes a method; throws unless overridden.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">The handler; null when the service was bound without an instance.</param>
    /// <exception cref="NotImplementedException">The binder does not override this.</exception>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();
}
