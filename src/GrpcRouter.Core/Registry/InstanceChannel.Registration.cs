using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>The registration: Hello in, Registered or a refusal out.</content>
public sealed partial class InstanceChannel
{
    /// <summary>The protocol version this router speaks.</summary>
    public const uint ProtocolVersion = 1;

    private const int MaxNameLength = PeerText.MaxNameLength;
    private const int MaxLabels = 64;
    private const int MaxLabelLength = 256;
    private const int MinWindow = 16 * 1024;
    private const int MinFrameSize = 64 * 1024;

    // A frame holds, beside the start, at most one fragment and a few small fields.
    private const int FrameRest = FragmentLength.Default + 256;

    private void Register(Hello hello)
    {
        if (!hello.Versions.Contains(ProtocolVersion))
        {
            Refuse(ChannelErrorCode.Version, $"The router speaks protocol version {ProtocolVersion}; the instance speaks {string.Join(", ", hello.Versions)}.");
            return;
        }

        if (Check(hello) is { } problem)
        {
            Refuse(ChannelErrorCode.Refused, problem);
            return;
        }

        if (router.Hub.Stopping)
        {
            Refuse(ChannelErrorCode.Shutdown, "The router is shutting down.");
            return;
        }

        if (!TryGrant(hello))
        {
            return;
        }

        InstanceId = hello.InstanceId;
        Stripe = hello.Stripe;
        Epoch = hello.Epoch;
        Labels = new Dictionary<string, string>(hello.Labels, StringComparer.Ordinal);
        Weight = Math.Max(1, hello.Weight);
        UserAgent = PeerText.Name(hello.UserAgent);
        RequestWindow = (int)hello.InitialWindow;
        MaxStartLength = (int)Math.Min(hello.MaxFrameSize, int.MaxValue) - FrameRest;
        canRenew = hello.Features.Contains(RenewFeature);
        bool renews = canRenew && hello.Renews;
        SetAge();
        RegistryAnswer entry = TryEnter(renews, out InstanceChannel? replaced);
        if (entry != RegistryAnswer.Added)
        {
            RefuseEntry(entry);
            return;
        }

        if (replaced is { State: InstanceState.Ready } && renews && replaced.Epoch == Epoch)
        {
            replaced.BeginDrain($"Instance {InstanceId} has renewed its channel.", drainer: Drainers.Channel);
        }

        // One that drains has said goodbye itself, and may finish what it serves beside its successor.
        else if (replaced is { State: InstanceState.Ready })
        {
            replaced.End(ChannelErrorCode.Replaced, $"Instance {InstanceId} has registered anew.");
        }

        if (hello.Load is { } report)
        {
            TakeReport(report);
        }

        BeginCredential();
        router.Hub.Log.ChannelRegistered(router.Service.FullName, InstanceId, Stripe, Peer, UserAgent);
        SendPing(router.Hub.Time.GetTimestamp());
    }

    // With the output's lock held: no start may come before the answer, and no answer before calls can come.
    private RegistryAnswer TryEnter(bool renews, out InstanceChannel? replaced)
    {
        FrameBuffer control = Output.EnterControl();
        try
        {
            Volatile.Write(ref state, (int)InstanceState.Ready);
            RegistryAnswer answer = router.Registry.TryAdd(this, router.Hub.Time.GetTimestamp(), rule, out replaced);
            AcceptsStarts = answer == RegistryAnswer.Added;
            if (AcceptsStarts)
            {
                if (renews && replaced?.Epoch == Epoch)
                {
                    // An instance that has read the answer may drain the old channel itself before this thread does.
                    Interlocked.CompareExchange(ref replaced.drainedBy, Drainers.Channel, null);
                }

                WriteControl(control, new RouterControl { Registered = Answer() });
            }
            else
            {
                Volatile.Write(ref state, (int)InstanceState.Draining);
            }

            return answer;
        }
        finally
        {
            Output.Exit();
        }
    }

    private Registered Answer()
    {
        Registered answer = new()
        {
            Version = ProtocolVersion,
            RouterId = options.RouterId,
            InitialWindow = (uint)options.CallWindow,
            MaxFrameSize = (uint)options.MaxFrameSize,
            MaxMetadataSize = (uint)options.MaxMetadataSize,
            MaxMessageSize = (uint)router.Limits.LargestResponse,
        };
        if (canRenew)
        {
            answer.Features.Add(RenewFeature);
        }

        return answer;
    }

    private string? Check(Hello hello)
    {
        if (hello.Service != router.Service.FullName)
        {
            return $"This channel is for {router.Service.FullName}; the instance serves {PeerText.Name(hello.Service)}.";
        }

        if (hello.InstanceId.Length is 0 or > MaxNameLength || PeerText.Name(hello.InstanceId) != hello.InstanceId)
        {
            return $"instance_id must be 1 to {MaxNameLength} printable ASCII characters.";
        }

        if (hello.Labels.Count > MaxLabels || hello.Labels.Any(static label => label.Key.Length is 0 or > MaxLabelLength || label.Value.Length > MaxLabelLength))
        {
            return $"There may be {MaxLabels} labels, with keys of 1 to {MaxLabelLength} characters and values of up to {MaxLabelLength}.";
        }

        if (hello.InitialWindow is < MinWindow or > (uint)SendWindow.Maximum)
        {
            return $"initial_window must be {MinWindow} to {SendWindow.Maximum}; it is {hello.InitialWindow}.";
        }

        return hello.MaxFrameSize < MinFrameSize ? $"max_frame_size must be at least {MinFrameSize}; it is {hello.MaxFrameSize}." : null;
    }

    private void Refuse(ChannelErrorCode code, string message)
    {
        router.Hub.Log.RegistrationRefused(router.Service.FullName, Peer, message);
        AuditRefusal(message);
        End(code, message);
    }
}
