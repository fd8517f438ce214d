namespace GrpcRouter;

/// <summary>Who calls, and what of it goes on to the instance.</summary>
public sealed class CallerOptions
{
    /// <summary>
    /// The claim that names a caller whom ASP.NET Core has authenticated. Default: the name identifier, <c>sub</c> or the name, the first that there is. A caller without it has no
    /// identity.
    /// </summary>
    public string? NameClaim { get; set; }

    /// <summary>
    /// Hand the metadata <c>authorization</c> on to the instance. API keys of the router's own are never handed on. Default true: a token that is not the router's may be for the service.
    /// </summary>
    public bool ForwardAuthorization { get; set; } = true;
}
