namespace GrpcRouter;

/// <summary>A rate limit at one moment.</summary>
/// <param name="Rule">Its name: a rule's, or that of the service or method (<c>greet.Greeter/SayHello</c>) that it is set for.</param>
/// <param name="Partition">What it counts apart.</param>
/// <param name="Partitions">Partitions in mind: clients, tenants or instances with calls a short while ago.</param>
/// <param name="Refused">Calls that it has refused since the router's start; of a limit on instances, calls that found no instance within it.</param>
public sealed record RateLimitState(string Rule, RateLimitPartition Partition, int Partitions, long Refused);
