using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>The first words of each side.</summary>
internal static class RegistrationHello
{
    public const uint Version = 1;

    /// <summary>Largest frame the bridge accepts: a fragment and the largest metadata a router forwards.</summary>
    public const int MaxFrameSize = 256 * 1024;

    /// <summary>A channel may take over from another of the same instance and stripe.</summary>
    public const string RenewFeature = "renew";

    private const int SmallestWindow = 16 * 1024;
    private const int SmallestFrameSize = 64 * 1024;

    public static InstanceControl Create(BridgeRuntime bridge, int stripe, bool renews, LoadReport? load)
    {
        Hello hello = new()
        {
            Versions = { Version },
            Service = bridge.Service.FullName,
            InstanceId = bridge.Options.InstanceId,
            Epoch = bridge.Epoch,
            Weight = (uint)bridge.Options.Weight,
            Stripe = (uint)stripe,
            InitialWindow = (uint)bridge.Options.CallWindow,
            MaxFrameSize = MaxFrameSize,
            UserAgent = BridgeIdentity.UserAgent,
            Features = { RenewFeature },
            Renews = renews,
            Load = load,
        };
        hello.Labels.Add(bridge.Options.Labels);
        return new InstanceControl { Hello = hello };
    }

    /// <summary>Checks the router's answer.</summary>
    /// <exception cref="ChannelEndException">The bridge cannot work with it.</exception>
    public static void Check(Registered answer)
    {
        if (answer.Version != Version)
        {
            throw new ChannelEndException(new ChannelEnd(
                ChannelEndKind.Refused, $"the router chose protocol version {answer.Version}, but this bridge speaks {Version}"));
        }

        if (answer.InitialWindow is < SmallestWindow or > int.MaxValue || answer.MaxFrameSize < SmallestFrameSize)
        {
            throw new Protocol.ProtocolViolationException(
                $"The router registered the instance with a window of {answer.InitialWindow} and frames of {answer.MaxFrameSize} bytes.");
        }
    }
}
