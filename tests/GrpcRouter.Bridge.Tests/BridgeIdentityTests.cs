namespace GrpcRouter.Bridge.Tests;

public sealed class BridgeIdentityTests
{
    [Fact]
    public void Bridges_with_options_of_their_own_are_instances_of_their_own() =>
        Assert.NotEqual(new BridgeOptions().InstanceId, new BridgeOptions().InstanceId);
}
