using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>A rule with what it has counted.</summary>
internal sealed class RateLimitRule(string name, RateLimitSpec spec, RefusalCounter refused, TimeProvider time, ILogger log)
{
    public string Name => name;

    public RateLimitSpec Spec => spec;

    public RefusalCounter Refused => refused;

    public PartitionTable Table { get; } = new(spec.Plan, spec.MaxPartitions, time, log);

    /// <summary>The partition of all calls of a method; null where it depends on the call.</summary>
    public Limiter? Fixed(RoutedService service, RoutedMethod method) => spec.Partition switch
    {
        RateLimitPartition.Service => Table.Keep(PartitionKey.Of(service.FullName)),
        RateLimitPartition.Method => Table.Keep(PartitionKey.Of($"{service.FullName}/{method.Name}")),
        RateLimitPartition.Router => Table.Keep(default),
        _ => null,
    };

    /// <summary>The partition of a call, by who makes it.</summary>
    public PartitionKey KeyOf(ClientLeg leg) => spec.Partition switch
    {
        RateLimitPartition.Identity => PartitionKey.Of(leg.Identity),
        RateLimitPartition.Tenant => PartitionKey.Of(leg.Tenant),
        RateLimitPartition.Client when leg.Identity is { } identity => PartitionKey.Of(identity),
        _ => PartitionKey.Of(leg.Address, spec.Bits4, spec.Bits6),
    };

    /// <summary>What is said to calls of a service that are over the limit. Whose partition it is, is not.</summary>
    public RouterStatus RefusalFor(RoutedService service)
    {
        RouterStatus status = new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.RateLimited, $"The rate limit {name} is reached.")
            .With(ReasonKeys.Service, service.FullName)
            .With(ReasonKeys.Rule, name)
            .With(ReasonKeys.Partition, PartitionNames.Of(spec.Partition));
        return spec.Plan.Permits == 0 ? status : status.With(ReasonKeys.Limit, spec.Plan.Permits.ToString(CultureInfo.InvariantCulture));
    }
}
