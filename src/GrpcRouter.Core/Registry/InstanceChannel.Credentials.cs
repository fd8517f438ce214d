using System.Collections.Frozen;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>What the instance may be here, and until when.</content>
public sealed partial class InstanceChannel
{
    private readonly Lock credentialGate = new();
    private RegistrationPolicy? judgedBy;
    private RegistrationRule? rule;
    private RegistrationDecision? decision;
    private IReadOnlySet<string>? tenants;
    private volatile bool deciding;
    private RegistrationRefusal? departure;
    private DateTimeOffset renewAt = DateTimeOffset.MaxValue;
    private DateTimeOffset cutAt = DateTimeOffset.MaxValue;

    /// <summary>Asks the instance for a new channel before its credential expires, drains it when it has, and ends it when it may not stay.</summary>
    internal void TickCredential()
    {
        // Options change on one thread, and channels are judged on another.
        lock (credentialGate)
        {
            // It counts as ready a moment before it is in the list, and is judged once it is.
            if (State is not (InstanceState.Ready or InstanceState.Draining) || Instance is null)
            {
                return;
            }

            if (!ReferenceEquals(judgedBy, router.Hub.Registration.Policy))
            {
                JudgeAnew();
            }

            if (Identity?.Expires is { } expires)
            {
                TickExpiry(expires);
            }

            if (departure is { } why && router.Hub.Time.GetUtcNow() >= cutAt && (why.Code == StatusCode.PermissionDenied || !HasSuccessor()))
            {
                End(ChannelErrorCode.Refused, why.Message, why.Code);
            }
        }
    }

    // With nothing kept yet.
    private bool TryGrant(Hello hello)
    {
        RegistrationAuthority authority = router.Hub.Registration;
        judgedBy = authority.Policy;
        RegistrationRefusal? refusal = judgedBy.Check(Identity, Claim(hello), out rule)
            ?? (decision is { IsAllowed: false } ? RegistrationRefusal.Denied(decision.Reason) : null);
        if (refusal is null)
        {
            tenants = Granted();
            SetRenewal();
            return true;
        }

        Refuse(refusal, hello.InstanceId);
        return false;
    }

    private void RefuseEntry(RegistryAnswer answer)
    {
        switch (answer)
        {
            case RegistryAnswer.Foreign:
                router.Hub.RegistrationCounts.CountTakeover();
                Refuse(RegistrationRefusal.Denied($"Instance {InstanceId} is registered by another identity."), InstanceId);
                break;
            case RegistryAnswer.Full:
                Refuse(RegistrationRefusal.Exhausted($"{RegistrationAuthority.Named(Identity)} has as many instances or channels of {router.Service.FullName} as it may."), InstanceId);
                break;
            default:
                Refuse(ChannelErrorCode.Replaced, $"Instance {InstanceId} has registered anew since.");
                break;
        }
    }

    private void Refuse(RegistrationRefusal refusal, string instanceId)
    {
        router.Hub.Registration.Refuse(router.Service.FullName, instanceId, Peer, Identity, refusal);
        End(refusal.Code == StatusCode.ResourceExhausted ? ChannelErrorCode.Overloaded : ChannelErrorCode.Refused, refusal.Message, refusal.Code);
    }

    // The application is asked while nothing of the instance is read but its Hello, which stays where it is for the loop to read.
    // False: the channel is over.
    private async ValueTask<bool> AskApplicationAsync(CancellationToken cancellationToken)
    {
        RegistrationAuthority authority = router.Hub.Registration;
        if (authority.Authorizer is not { } authorizer)
        {
            return true;
        }

        (Hello? hello, bool woken) = await HelloPeek.ReadAsync(reader, options.MaxFrameSize, cancellationToken).ConfigureAwait(false);
        if (woken)
        {
            return false;
        }

        // What is wrong with it is said when it is read.
        if (hello is null || !hello.Versions.Contains(ProtocolVersion) || Check(hello) is not null || authority.Policy.Check(Identity, Claim(hello), out rule) is not null)
        {
            return true;
        }

        deciding = true;
        using CancellationTokenSource limit = new(router.Hub.Options.RegistrationTimeout, router.Hub.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            RegistrationRequest request = new(router.Service.FullName, hello.InstanceId, Claim(hello).Labels, Identity, Peer) { Tenants = rule?.Tenants };
            decision = await authorizer.AuthorizeAsync(request, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{authorizer.GetType()} decided nothing.");
            return !ended;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            router.Hub.Log.RegistrationUndecided(router.Service.FullName, hello.InstanceId, Peer, error);
            const string Message = "Whether the instance may register cannot be decided at the moment.";
            AuditRefusal(Message);
            End(ChannelErrorCode.Overloaded, Message, StatusCode.Unavailable);
            return false;
        }
    }

    // Before the channel is in the list, where it is judged by another thread.
    private void SetRenewal()
    {
        RouterHub hub = router.Hub;
        if (Identity?.Expires is { } expires)
        {
            TimeSpan left = expires - hub.Time.GetUtcNow();
            TimeSpan lead = hub.Options.Registration.RenewBefore < left / 5 ? hub.Options.Registration.RenewBefore : left / 5;
            renewAt = lead > TimeSpan.Zero ? expires - AgeSpread.Of(lead, hub.NextRandom()) : DateTimeOffset.MaxValue;
        }
    }

    private void BeginCredential()
    {
        RouterHub hub = router.Hub;
        hub.RegistrationCounts.CountRegistered();
        hub.Audit?.Write(new AuditEntry(AuditEvents.Registered)
        {
            Service = router.Service.FullName, Instance = InstanceId, Peer = Peer, Identity = RegistrationAuthority.Named(Identity), Details = AuditDetails(),
        });
        // The options may have changed since it was judged, and the judge passed it by.
        TickCredential();
    }

    private void JudgeAnew()
    {
        RegistrationPolicy policy = router.Hub.Registration.Policy;
        judgedBy = policy;
        RegistrationRefusal? refusal = policy.Check(Identity, new RegistrationClaim(router.Service.FullName, InstanceId, Labels), out rule);
        if (refusal is null)
        {
            Regrant(Granted());
            return;
        }

        if (departure?.Code == StatusCode.PermissionDenied)
        {
            return;
        }

        router.Hub.RegistrationCounts.CountRevoked();
        Leave(RegistrationRefusal.Denied(refusal.Message), router.Hub.Options.Registration.RevokedGrace);
    }

    // Lists of instances by tenant rest on the grant, so it changes with them.
    private void Regrant(IReadOnlySet<string>? granted)
    {
        if (granted is null ? tenants is not null : tenants is null || !granted.SetEquals(tenants))
        {
            router.Registry.Regrant(this, () => Volatile.Write(ref tenants, granted));
        }
    }

    private void TickExpiry(DateTimeOffset expires)
    {
        RouterHub hub = router.Hub;
        DateTimeOffset now = hub.Time.GetUtcNow();
        if (now >= renewAt && State == InstanceState.Ready)
        {
            renewAt = DateTimeOffset.MaxValue;
            if (canRenew)
            {
                hub.Log.CredentialExpires(router.Service.FullName, InstanceId, Peer, RegistrationAuthority.Named(Identity)!, expires);
                Send(new RouterControl { Renew = new Renew { Reason = "The credential of the instance expires." } });
            }
        }

        if (now >= expires && departure is null)
        {
            if (State == InstanceState.Ready)
            {
                hub.RegistrationCounts.CountExpired();
            }

            Leave(RegistrationRefusal.Unauthenticated("The credential of the instance has expired."), hub.Options.Registration.ExpiredGrace);
        }
    }

    private void Leave(RegistrationRefusal why, TimeSpan grace)
    {
        departure = why;
        cutAt = router.Hub.Time.GetUtcNow() + grace;
        if (State == InstanceState.Ready)
        {
            router.Hub.Log.RegistrationEnds(router.Service.FullName, InstanceId, Peer, RegistrationAuthority.Named(Identity) ?? "nobody", why.Message);
            BeginDrain(why.Message, grace, Drainers.Channel);
        }
    }

    // The same identity has shown something newer for the same instance, so what is left here may finish.
    private bool HasSuccessor()
    {
        DateTimeOffset now = router.Hub.Time.GetUtcNow();
        return Instance.Channels.Any(other => !ReferenceEquals(other, this) && other.State == InstanceState.Ready && !(other.Identity?.Expires <= now));
    }

    // What the rules grant, as far as the application agrees.
    private IReadOnlySet<string>? Granted() =>
        decision?.Tenants is not { } chosen ? rule?.Tenants
        : rule?.Tenants is not { } granted ? chosen
        : granted.Intersect(chosen).ToFrozenSet(StringComparer.Ordinal);

    private RegistrationClaim Claim(Hello hello) =>
        new(router.Service.FullName, hello.InstanceId, new Dictionary<string, string>(hello.Labels, StringComparer.Ordinal));
}
