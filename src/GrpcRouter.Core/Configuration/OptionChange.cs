namespace GrpcRouter;

/// <summary>An option whose value is another than before.</summary>
/// <param name="Path">Where it stands in the configuration, such as <c>GrpcRouter:Services:greet.Greeter:Timeout</c>.</param>
/// <param name="Effect">From when on it counts.</param>
public sealed record OptionChange(string Path, ReloadEffect Effect);
