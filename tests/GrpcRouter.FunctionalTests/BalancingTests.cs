using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter.FunctionalTests;

public sealed class BalancingTests : FunctionalTest
{
    [Fact]
    public async Task A_session_that_a_response_began_stays_with_its_instance()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 3, Router = static options => options.Defaults.LoadBalancing.SessionAffinity = true });
        rig.Service.OnUnary = static (request, context) =>
        {
            Assert.DoesNotContain(context.RequestHeaders, static entry => entry.Key == "grpcrouter-session");
            return Task.FromResult(request);
        };
        string session = await SessionOfAsync(rig, []);
        Assert.Matches("^[0-9a-f]{16}$", session);
        Assert.NotEqual(session, await SessionOfAsync(rig, []));
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(session, await SessionOfAsync(rig, new Metadata { { "grpcrouter-session", session } }));
        }
    }

    [Fact]
    public async Task A_policy_of_the_application_is_made_with_its_services()
    {
        Asked asked = new();
        Rig rig = await StartAsync(new RigOptions
        {
            Router = static options => options.Defaults.LoadBalancing.Policy = "last",
            Builder = builder =>
            {
                builder.Services.AddSingleton(asked);
                builder.Services.AddGrpcRouter().AddLoadBalancer<LastBalancer>("last");
            },
        });
        await rig.Client.UnaryAsync(new Chunk());
        Assert.Equal("functional.Probe, Unary", asked.By);
    }

    [Fact]
    public async Task A_policy_can_be_made_by_a_function()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Router = static options => options.Defaults.LoadBalancing.Policy = "none",
            Builder = static builder => builder.Services.AddGrpcRouter().AddLoadBalancer("none", static (_, _) => new NobodyBalancer()),
        });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => rig.Client.UnaryAsync(new Chunk()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    private static async Task<string> SessionOfAsync(Rig rig, Metadata metadata)
    {
        using AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk(), metadata);
        Metadata headers = await call.ResponseHeadersAsync;
        await call;
        return headers.GetValue("grpcrouter-session")!;
    }

    private sealed class Asked
    {
        public string By { get; set; } = "";
    }

    private sealed class LastBalancer(LoadBalancerContext context, Asked asked) : ILoadBalancer
    {
        public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call)
        {
            asked.By = $"{context.Service.FullName}, {call.Method.Name}";
            return instances[^1];
        }
    }

    private sealed class NobodyBalancer : ILoadBalancer
    {
        public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call) => null;
    }
}
