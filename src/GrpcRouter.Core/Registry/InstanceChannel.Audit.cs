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
                Identity = Identity?.ToString(),
                Reason = reason,
                Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["drainer"] = drainer },
            });
        }
    }
}
