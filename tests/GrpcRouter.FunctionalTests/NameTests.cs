using Grpc.Core;
using GrpcRouter.FunctionalTests.Awkward;
using Microsoft.AspNetCore.Builder;

namespace GrpcRouter.FunctionalTests;

public sealed class NameTests : FunctionalTest
{
    [Fact]
    public async Task Nested_imported_and_colliding_names_are_routed()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Application = static app => app.MapGrpcRouter<ClassRouter>() });
        await using ClassBridge bridge = new(new AwkwardService(), rig.Address, new BridgeOptions { InstanceId = "awkward", LoggerFactory = rig.Logs });
        await bridge.StartAsync();
        Class.ClassClient client = new(rig.Channel);
        Awkward.Chunk request = new() { Inner = new() { Text = "in" } };

        Assert.Equal("Binding in", (await client.BindingAsync(request)).Inner.Text);
        Assert.Equal("Get in", (await client.GetAsync(request.Inner)).Text);
        Assert.Equal("get in", (await client.getAsync(new Chunk { Text = "in" })).Text);
        Assert.Equal("Register in", (await client.RegisterAsync(request)).Inner.Text);
        Assert.Equal("Control in", (await client.ControlAsync(request)).Inner.Text);
        using AsyncServerStreamingCall<Awkward.Chunk> stream = client.Unary(request);
        Assert.Equal("Unary in", (await stream.ResponseStream.NextAsync()).Inner.Text);
        Assert.Empty(await stream.ResponseStream.ToListAsync());
    }

    [Fact]
    public void The_number_of_a_method_depends_on_its_name_alone()
    {
        int inProbe = ProbeRouter.Service.Methods.Single(static method => method.Name == "Unary").Number;
        int inClass = ClassRouter.Service.Methods.Single(static method => method.Name == "Unary").Number;

        // FNV-1a over "Unary", as docs/protocol.md lays down: a constant for all time.
        Assert.Equal(121_680, inProbe);
        Assert.Equal(inProbe, inClass);
    }
}
