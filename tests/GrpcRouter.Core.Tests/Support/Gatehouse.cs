using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>A router that asks who registers, and instances that try.</summary>
internal sealed class Gatehouse : IDisposable
{
    public Gatehouse(Action<RegistrationOptions>? change = null, IRegistrationAuthorizer? authorizer = null)
    {
        Tokens = new TokenMaker(Time);
        Hub = new RouterHub(Tokens.Options(change), Time, audit: Audit, authorizer: authorizer);
        Router = Hub.GetRouter<ProbeRouter>();
    }

    public ManualTimeProvider Time { get; } = new();

    public AuditNotes Audit { get; } = new();

    public TokenMaker Tokens { get; }

    public RouterHub Hub { get; }

    public ProbeRouter Router { get; }

    public RegistrationCounts Counts => Hub.RegistrationCounts;

    /// <summary>A rule for one identity.</summary>
    public static RegistrationRuleOptions Rule(string identity, Action<RegistrationRuleOptions>? change = null)
    {
        RegistrationRuleOptions rule = new() { Identity = identity };
        change?.Invoke(rule);
        return rule;
    }

    /// <summary>Somebody with a token.</summary>
    public static PeerIdentity Holder(string name, DateTimeOffset? expires = null) => new(PeerIdentitySchemes.Token, name)
    {
        Expires = expires,
        Labels = new Dictionary<string, string> { ["kid"] = TokenMaker.KeyId },
    };

    public Task<RegistrationAdmission> AdmitAsync(string? token, string address = "192.0.2.1") => Router.AdmitRegistrationAsync(
        new RegistrationCredential { Token = token }, new ChannelPeer($"ipv4:{address}:7") { Address = System.Net.IPAddress.Parse(address) }).AsTask();

    /// <summary>Registers, and is answered.</summary>
    public Task<ScriptedInstance> RegisterAsync(PeerIdentity? identity, string id = "one", Action<Hello>? change = null)
    {
        Hello hello = ScriptedInstance.Hello(id);
        hello.Features.Add("renew");
        change?.Invoke(hello);
        return new ScriptedInstance { Identity = identity }.RegisterAsync(Router, hello);
    }

    /// <summary>Tries to register, and gives the status that it is refused with.</summary>
    public async Task<(ChannelErrorCode? Code, Status Status)> RefusedAsync(PeerIdentity? identity, string id = "one", Action<Hello>? change = null)
    {
        Hello hello = ScriptedInstance.Hello(id);
        change?.Invoke(hello);
        ScriptedInstance instance = new ScriptedInstance { Identity = identity }.Connect(Router);
        instance.Send(InstanceFrame.Of(new InstanceControl { Hello = hello }));
        RouterFrame answer = Assert.Single(await instance.RestAsync());
        return (answer.Control?.Error?.Code, await instance.Closed);
    }

    /// <summary>Takes other options, as a reload does.</summary>
    public void Change(Action<RegistrationOptions> change) => Hub.Apply(Tokens.Options(change));

    public void Dispose() => Hub.Dispose();
}
