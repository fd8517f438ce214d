using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter.FunctionalTests;

/// <summary>A router of a service whose .proto says something of retries and time.</summary>
internal sealed class DeclaringRouter : ServiceRouter, IServiceRouter<DeclaringRouter>
{
    public static readonly RoutedMethod Get = new("Get", MethodType.Unary, 20_001);

    private DeclaringRouter(RouterHub hub)
        : base(hub, Service)
    {
    }

    public static new RoutedService Service { get; } = new("declaring.Service", Get);

    static DeclaringRouter IServiceRouter<DeclaringRouter>.Create(RouterHub hub) => new(hub);

    protected override void DeclarePolicy(ServicePolicyOptions service)
    {
        service.Retry.MaxAttempts = 2;
        service.Method("Get").Timeout = TimeSpan.FromSeconds(2);
    }
}
