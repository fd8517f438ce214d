using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>The router of a service as it was before a method was added.</summary>
internal sealed class OldRouter : ServiceRouter, IServiceRouter<OldRouter>
{
    private OldRouter(RouterHub hub)
        : base(hub, Service)
    {
    }

    public static new RoutedService Service { get; } = new("functional.Old", new RoutedMethod("Unary", MethodType.Unary, 30_000));

    static OldRouter IServiceRouter<OldRouter>.Create(RouterHub hub) => new(hub);
}
