namespace GrpcRouter;

/// <summary>What a load balancing policy is made from.</summary>
/// <param name="Service">The service whose calls it places.</param>
/// <param name="LoadBalancing">Its settings, with defaults where nothing was set.</param>
/// <param name="SlowStart">How fresh instances get their load.</param>
/// <param name="Time">The router's clock.</param>
public sealed record LoadBalancerContext(RoutedService Service, LoadBalancingOptions LoadBalancing, SlowStartOptions SlowStart, TimeProvider Time);
