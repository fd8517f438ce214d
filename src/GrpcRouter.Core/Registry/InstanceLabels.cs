namespace GrpcRouter;

/// <summary>The labels that the router itself knows the meaning of.</summary>
public static class InstanceLabels
{
    /// <summary>The region an instance is in.</summary>
    public const string Region = "region";

    /// <summary>The zone within the region.</summary>
    public const string Zone = "zone";
}
