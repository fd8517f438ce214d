namespace GrpcRouter;

/// <summary>Makes the handler of one method once it is known where the implementation comes from.</summary>
internal sealed record MethodBinding<TService>(
    int Number, Func<ServiceSource<TService>, IReadOnlyList<InterceptorRegistration>, MethodHandler> Build)
    where TService : class;
