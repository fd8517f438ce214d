using Grpc.Core;

namespace GrpcRouter;

/// <summary>
/// How the methods of a service are called on an implementation: for each method its field number in the registration frames,
/// its marshallers and a typed delegate. Generated code fills it.
/// </summary>
/// <typeparam name="TService">The generated base class of the service, such as <c>Greeter.GreeterBase</c>.</typeparam>
/// <param name="service">Name and methods of the service.</param>
public sealed class ServiceBinding<TService>(RoutedService service)
    where TService : class
{
    private readonly List<MethodBinding<TService>> methods = [];

    /// <summary>Name and methods of the service.</summary>
    public RoutedService Service { get; } = service ?? throw new ArgumentNullException(nameof(service));

    /// <summary>Binds a method with one request and one response.</summary>
    /// <param name="number">Field number of the method's payload, as in <see cref="Service"/>.</param>
    /// <param name="method">Name and marshallers.</param>
    /// <param name="handler">Calls the implementation.</param>
    /// <returns>This binding.</returns>
    /// <exception cref="ArgumentException">The service has no such method, or it is bound already.</exception>
    public ServiceBinding<TService> AddUnary<TRequest, TResponse>(
        int number, Method<TRequest, TResponse> method, Func<TService, TRequest, ServerCallContext, Task<TResponse>> handler)
        where TRequest : class
        where TResponse : class
        => Add(number, method, MethodType.Unary, (source, interceptors) => new UnaryHandler<TRequest, TResponse>(
            number,
            method,
            InterceptorPipeline.Wrap<TRequest, TResponse>(interceptors, (request, context) => handler(source.Get(context), request, context))));

    /// <summary>Binds a method with one request and a stream of responses.</summary>
    /// <inheritdoc cref="AddUnary"/>
    public ServiceBinding<TService> AddServerStreaming<TRequest, TResponse>(
        int number, Method<TRequest, TResponse> method, Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class
        where TResponse : class
        => Add(number, method, MethodType.ServerStreaming, (source, interceptors) => new ServerStreamingHandler<TRequest, TResponse>(
            number,
            method,
            InterceptorPipeline.Wrap<TRequest, TResponse>(
                interceptors, (request, responses, context) => handler(source.Get(context), request, responses, context))));

    /// <summary>Binds a method with a stream of requests and one response.</summary>
    /// <inheritdoc cref="AddUnary"/>
    public ServiceBinding<TService> AddClientStreaming<TRequest, TResponse>(
        int number, Method<TRequest, TResponse> method, Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> handler)
        where TRequest : class
        where TResponse : class
        => Add(number, method, MethodType.ClientStreaming, (source, interceptors) => new ClientStreamingHandler<TRequest, TResponse>(
            number,
            method,
            InterceptorPipeline.Wrap<TRequest, TResponse>(interceptors, (requests, context) => handler(source.Get(context), requests, context))));

    /// <summary>Binds a method with a stream each way.</summary>
    /// <inheritdoc cref="AddUnary"/>
    public ServiceBinding<TService> AddDuplexStreaming<TRequest, TResponse>(
        int number,
        Method<TRequest, TResponse> method,
        Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class
        where TResponse : class
        => Add(number, method, MethodType.DuplexStreaming, (source, interceptors) => new DuplexStreamingHandler<TRequest, TResponse>(
            number,
            method,
            InterceptorPipeline.Wrap<TRequest, TResponse>(
                interceptors, (requests, responses, context) => handler(source.Get(context), requests, responses, context))));

    /// <summary>Binds the service to one object that serves all calls.</summary>
    /// <param name="service">The implementation; it must be safe for concurrent calls.</param>
    public BoundService Bind(TService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return Bind(new SingletonSource<TService>(service));
    }

    internal BoundService Bind(ServiceSource<TService> source) =>
        new(Service, interceptors => methods.ConvertAll(method => method.Build(source, interceptors)));

    private ServiceBinding<TService> Add(
        int number, IMethod method, MethodType type, Func<ServiceSource<TService>, IReadOnlyList<InterceptorRegistration>, MethodHandler> build)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (Service.FindByNumber(number) is not { } routed || routed.Type != type || routed.Name != method.Name)
        {
            throw new ArgumentException($"{Service.FullName} has no {type} method {method.Name} with the field number {number}.", nameof(number));
        }

        if (methods.Exists(bound => bound.Number == number))
        {
            throw new ArgumentException($"{method.Name} of {Service.FullName} is bound already.", nameof(method));
        }

        methods.Add(new MethodBinding<TService>(number, build));
        return this;
    }
}
