namespace GrpcRouter;

/// <summary>Of a few channels, the one whose instance has the fewest calls under way (gRFC A48). A stream counts until it ends.</summary>
internal sealed class LeastRequestBalancer(int choices, LoadBalancerContext context) : ChoiceBalancer(choices, context)
{
    // With the call that is to come: a fresh instance without calls would otherwise be free however small its share.
    protected override double CostOf(ServiceInstance instance) => (instance.ActiveCalls + 1) / SlowStart.FactorOf(instance);
}
