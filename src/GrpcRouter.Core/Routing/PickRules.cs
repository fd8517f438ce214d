namespace GrpcRouter;

/// <summary>How a method's calls are picked, in whatever subset.</summary>
/// <param name="MakeBalancer">Makes the policy for a list of instances.</param>
/// <param name="IsExclusive">The call names the instance, and no other will do.</param>
/// <param name="KeepsSessions">A call goes where its session is pinned to.</param>
internal sealed record PickRules(Func<ILoadBalancer> MakeBalancer, bool IsExclusive, bool KeepsSessions);
