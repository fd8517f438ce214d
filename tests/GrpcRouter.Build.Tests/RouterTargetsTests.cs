namespace GrpcRouter.Build.Tests;

public sealed class RouterTargetsTests
{
    [Theory]
    [InlineData("", true, true)]
    [InlineData("Both", true, true)]
    [InlineData("both", true, true)]
    [InlineData("Router", true, false)]
    [InlineData("BRIDGE", false, true)]
    [InlineData("Router;Bridge", true, true)]
    [InlineData(" Bridge ; Router ;", true, true)]
    [InlineData("None", false, false)]
    [InlineData("none;None", false, false)]
    public void A_value_says_what_is_generated(string value, bool router, bool bridge) =>
        Assert.Equal(new RouterTargets(router, bridge), RouterTargets.Parse(value, hasServiceBases: true));

    [Theory]
    [InlineData("Server")]
    [InlineData("Router,Bridge")]
    [InlineData("None;Router")]
    [InlineData("Router;Client")]
    public void Anything_else_is_unknown(string value) => Assert.Null(RouterTargets.Parse(value, hasServiceBases: true));

    [Theory]
    [InlineData("", false)]
    [InlineData("Both", false)]
    [InlineData("Bridge", true)]
    [InlineData("Router;Bridge", true)]
    public void Without_service_bases_a_bridge_is_asked_for_only_by_name(string value, bool bridge) =>
        Assert.Equal(bridge, RouterTargets.Parse(value, hasServiceBases: false)!.Value.Bridge);
}
