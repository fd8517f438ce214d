using Grpc.Core;

namespace GrpcRouter;

/// <content>What of the channel must not be forgotten.</content>
public sealed partial class InstanceChannel
{
    // Not of a channel that has not registered: it has nobody to speak of. And once, however often it is asked to drain.
    private void AuditDrain(string reason, string drainer)
    {
        if (router.Hub.Audit is { } audit && State == InstanceState.Ready)
        {
            audit.Write(new AuditEntry(AuditEvents.Draining)
            {
                Service = router.Service.FullName,
                Instance = InstanceId,
                Peer = Peer,
                Identity = RegistrationAuthority.Named(Identity),
                Reason = reason,
                Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["drainer"] = drainer },
            });
        }
    }

    private Dictionary<string, string> AuditDetails() =>
        new(StringComparer.Ordinal) { ["stripe"] = Stripe.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    private void AuditRefusal(string reason) => router.Hub.Audit?.Write(new AuditEntry(AuditEvents.RegistrationRefused)
    {
        Service = router.Service.FullName,
        Instance = InstanceId.Length == 0 ? null : InstanceId,
        Peer = Peer,
        Identity = RegistrationAuthority.Named(Identity),
        Reason = PeerText.Line(reason),
    });

    private void AuditClose(Status status)
    {
        // One that never registered has left nothing to close.
        if (Instance is not null)
        {
            router.Hub.Audit?.Write(new AuditEntry(AuditEvents.ChannelClosed)
            {
                Service = router.Service.FullName, Instance = InstanceId, Peer = Peer, Identity = RegistrationAuthority.Named(Identity), Reason = PeerText.Line(status.Detail), Details = AuditDetails(),
            });
        }
    }
}
