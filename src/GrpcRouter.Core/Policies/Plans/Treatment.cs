namespace GrpcRouter;

/// <summary>What a call takes along when it begins: the options and the plan that count at that moment. Swapped whole.</summary>
/// <param name="Options">Those of the whole router.</param>
/// <param name="Plan">That of the service, made from options that say the same of it.</param>
internal sealed record Treatment(RouterOptions Options, ServicePlan Plan)
{
    /// <summary>Whether two options say the same of a service, so that its plan can stay, and with it all that was counted by it.</summary>
    /// <remarks>A plan is made from the service's options, the defaults, and values of the router; groups such as the rate limits are other parts' and have objects of their own.</remarks>
    public static bool SaySame(string service, RouterOptions before, RouterOptions after) =>
        OptionDifference.AreEqual(before.Services.TryGetValue(service, out ServicePolicyOptions? old) ? old : Nothing, after.Services.TryGetValue(service, out ServicePolicyOptions? next) ? next : Nothing)
        && OptionDifference.AreEqualAt(before, after, nameof(RouterOptions.Defaults));

    private static readonly ServicePolicyOptions Nothing = new();
}
