using System.Diagnostics.Metrics;

namespace GrpcRouter;

/// <summary>What the router's instruments belong to.</summary>
internal static class RouterMeter
{
    /// <summary>The name that listeners ask for.</summary>
    public const string Name = "GrpcRouter";

    /// <summary>One for the process, as ASP.NET Core's are: routers of one process are counted together.</summary>
    public static readonly Meter Meter = new(Name);
}
