namespace GrpcRouter.Chaos;

/// <summary>What the router does for calls that it does not do always; a scenario's promise follows from it.</summary>
internal static class Reach
{
    /// <summary>A call that may be run twice and is lost with its instance is run by another one.</summary>
    public const bool Retries = false;

    /// <summary>How often such a call may be run, as the router of the scenarios is configured.</summary>
    public const int MostRuns = 3;

    public static Promise WithRetries(Promise otherwise) => Retries ? otherwise | Promise.Idempotent : otherwise;
}
