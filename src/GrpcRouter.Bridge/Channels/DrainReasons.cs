namespace GrpcRouter;

/// <summary>Why an instance leaves a channel, in words for the router's operators.</summary>
internal static class DrainReasons
{
    public const string Stopping = "The instance is stopping.";

    public const string RouterGone = "The router is no longer among those the instance knows.";

    public const string Renewed = "The channel has been renewed.";

    public const string Aged = "The channel has reached its age.";
}
