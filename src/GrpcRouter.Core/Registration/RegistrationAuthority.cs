using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Decides who may register. It has the policy that counts now, and what must outlive a change of it.</summary>
internal sealed class RegistrationAuthority
{
    private readonly RouterHub hub;
    private readonly RateTable attempts;
    private readonly RateTable registrations;
    private RegistrationPolicy policy;

    public RegistrationAuthority(RouterHub hub, IRegistrationAuthorizer? authorizer)
    {
        this.hub = hub;
        Authorizer = authorizer;
        attempts = new RateTable(hub.Time);
        registrations = new RateTable(hub.Time);
        policy = Make(hub.Options);
    }

    /// <summary>The policy that counts now. Another object after each change of the options.</summary>
    public RegistrationPolicy Policy => Volatile.Read(ref policy);

    /// <summary>The application's own decision; null: it has none.</summary>
    public IRegistrationAuthorizer? Authorizer { get; }

    public RegistrationCounts Counts { get; } = new();

    public ReplayCache Replays { get; } = new();

    public void Apply(RouterOptions options) => Volatile.Write(ref policy, Make(options));

    /// <summary>Judges whoever wants to open a channel, before anything is kept of it.</summary>
    public async ValueTask<RegistrationAdmission> AdmitAsync(string service, RegistrationCredential credential, ChannelPeer peer)
    {
        RegistrationPolicy current = Policy;
        if (current.AttemptsPerMinute is { } perMinute && !attempts.TryTake(AddressKey(peer), perMinute))
        {
            return Shed(service, peer, "Too many registrations come from this address; try again later.");
        }

        (PeerIdentity? identity, RegistrationRefusal? refusal) = await IdentifyAsync(current, credential).ConfigureAwait(false);
        RegistrationRule? rule = null;
        refusal ??= current.Check(identity, service, out rule);
        if (refusal is not null)
        {
            Refuse(service, instanceId: null, peer.Name, identity, refusal);
            return new RegistrationAdmission(new Status(refusal.Code, refusal.Message), identity);
        }

        return rule?.RegistrationsPerMinute is { } allowed && !registrations.TryTake(identity!.ToString(), allowed)
            ? Shed(service, peer, "Too many registrations come from this identity; try again later.")
            : new RegistrationAdmission(Status.DefaultSuccess, identity);
    }

    /// <summary>Notes a refusal wherever refusals are noted.</summary>
    public void Refuse(string service, string? instanceId, string peer, PeerIdentity? identity, RegistrationRefusal refusal)
    {
        Counts.Count(refusal);
        string reason = PeerText.Line(refusal.Message);
        hub.Log.RegistrationRefused(service, peer, reason);
        hub.Audit?.Write(new AuditEntry(AuditEvents.RegistrationRefused) { Service = service, Instance = instanceId, Peer = peer, Identity = Named(identity), Reason = reason });
    }

    public static string? Named(PeerIdentity? identity) => identity is null ? null : PeerText.Line(identity.ToString());

    private static async ValueTask<(PeerIdentity? Identity, RegistrationRefusal? Refusal)> VerifyAsync(RegistrationAuthority authority, RegistrationTokens tokens, string token)
    {
        RegistrationTokenResult result = await tokens.VerifyAsync(token).ConfigureAwait(false);
        if (result.Identity is not { } identity || !tokens.OneUse)
        {
            return (result.Identity, result.Refusal);
        }

        switch (authority.Replays.Use(identity.Labels[RegistrationTokens.KeyLabel], result.Id, result.End, authority.hub.Time.GetUtcNow(), tokens.ReplayCacheSize))
        {
            case ReplayAnswer.Replayed:
                authority.Counts.CountReplay();
                return (identity, RegistrationRefusal.Unauthenticated("The registration token was used before; each registration needs one of its own."));
            case ReplayAnswer.Full:
                return (identity, RegistrationRefusal.Exhausted("The router remembers as many registration tokens as it may; try again later."));
            default:
                return (identity, null);
        }
    }

    private ValueTask<(PeerIdentity? Identity, RegistrationRefusal? Refusal)> IdentifyAsync(RegistrationPolicy current, RegistrationCredential credential)
    {
        if (credential.Token is { } token && current.Tokens.AreTaken)
        {
            return VerifyAsync(this, current.Tokens, token);
        }

        if (credential.Certificate is not { } certificate)
        {
            return new((credential.Application, null));
        }

        PeerIdentity? identity = CertificateIdentity.Read(certificate, out string? problem);
        return new(problem is not null ? (null, RegistrationRefusal.Unauthenticated(problem))
            : identity!.Expires <= hub.Time.GetUtcNow() ? (identity, RegistrationRefusal.Unauthenticated("The client certificate has expired."))
            : (identity, null));
    }

    // A flood must not become one of log lines and audit entries, so it is counted and logged for those who look closely.
    private RegistrationAdmission Shed(string service, ChannelPeer peer, string message)
    {
        RegistrationRefusal refusal = RegistrationRefusal.Exhausted(message);
        Counts.Count(refusal);
        hub.Log.RegistrationShed(service, peer.Name, message);
        return new RegistrationAdmission(new Status(refusal.Code, message), Identity: null);
    }

    private RegistrationPolicy Make(RouterOptions options) => new(options, hub.Time, hub.Log.RegistrationKeyUnusable);

    // Whoever has one IPv6 address has all of its network's.
    private static string AddressKey(ChannelPeer peer)
    {
        if (peer.Address is not { } address)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).ToString()
            : address.ToString();
    }
}
