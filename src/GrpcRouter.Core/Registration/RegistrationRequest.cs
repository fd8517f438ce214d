namespace GrpcRouter;

/// <summary>A registration that is to be decided on.</summary>
/// <param name="Service">Full name of the service, such as <c>greet.Greeter</c>.</param>
/// <param name="InstanceId">What the instance calls itself.</param>
/// <param name="Labels">What it says of itself.</param>
/// <param name="Identity">Who it has proved to be; null: nobody, where that is allowed.</param>
/// <param name="Peer">Its address in gRPC's form, such as <c>ipv4:127.0.0.1:40000</c>.</param>
public sealed record RegistrationRequest(string Service, string InstanceId, IReadOnlyDictionary<string, string> Labels, PeerIdentity? Identity, string Peer)
{
    /// <summary>The tenants that the rules grant; null: all.</summary>
    public IReadOnlySet<string>? Tenants { get; init; }
}
