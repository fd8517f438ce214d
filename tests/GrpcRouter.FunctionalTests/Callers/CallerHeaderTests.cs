using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class CallerHeaderTests : FunctionalTest
{
    private static readonly string[] Forged =
    [
        "grpcrouter-caller", "grpcrouter-tenant", "GrpcRouter-Caller", "GRPCROUTER-TENANT", "grpcrouter-caller-bin", "grpcrouter-tenant-bin", "grpcrouter-Caller", "grpcrouter-labels",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("ann tenant=acme")]
    public async Task What_clients_send_under_the_routers_keys_reaches_nobody(string user)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Builder = HeaderScheme.Add, Router = static options => options.Tenants.Source = TenantSource.Caller });
        Scripted instance = await rig.ScriptAsync();
        (string, string)[] headers = [.. Forged.Concat(Forged).Select(static key => (key, "cm9vdA==")), (HeaderScheme.Header, user)];
        Task<RawResponse> call = rig.Raw.CallAsync("/functional.Probe/Unary", RawClient.Message([]), headers);

        ProbeRouterFrame start = await instance.NextCallAsync();
        string[] told = [.. start.Start.Metadata.Where(static entry => entry.Key.StartsWith("grpcrouter", StringComparison.OrdinalIgnoreCase)).Select(static entry => $"{entry.Key}={entry.Value.ToStringUtf8()}")];
        Assert.Equal(user.Length == 0 ? [] : ["grpcrouter-caller=test:ann", "grpcrouter-tenant=acme"], told);

        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, End = new CallEnd() });
        await call;
    }

    [Fact]
    public async Task What_instances_send_under_the_routers_keys_reaches_no_client()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> call = rig.Raw.CallAsync("/functional.Probe/Unary", RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        CallHeaders headers = new();
        CallEnd end = new();
        foreach (string key in Forged.Where(static key => key == key.ToLowerInvariant()).Distinct())
        {
            headers.Metadata.Add(new MetadataEntry { Key = key, Value = Google.Protobuf.ByteString.CopyFromUtf8("cm9vdA==") });
            end.Trailers.Add(new MetadataEntry { Key = key, Value = Google.Protobuf.ByteString.CopyFromUtf8("cm9vdA==") });
        }

        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Headers = headers, End = end });
        RawResponse response = await call;
        Assert.DoesNotContain(response.Headers.Keys.Concat(response.Trailers.Keys), static key => key.StartsWith("grpcrouter", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Calls_of_different_callers_on_one_connection_are_told_apart()
    {
        Rig rig = await StartAsync(new RigOptions { Builder = HeaderScheme.Add, Router = static options => options.Tenants.Source = TenantSource.Caller });
        rig.Service.OnUnary = static (_, context) => Task.FromResult(new Chunk { Text = $"{context.GetCaller()} of {context.GetTenant()}" });
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("test:ann of acme", await WhoAsync("ann tenant=acme"));
            Assert.Equal("test:ann of acme", await WhoAsync("ann tenant=acme"));
            Assert.Equal("test:ann of other", await WhoAsync("ann tenant=other"));
            Assert.Equal("test:bob of ", await WhoAsync("bob"));
            Assert.Equal(" of ", await WhoAsync(user: null));
        }

        async Task<string> WhoAsync(string? user) =>
            (await rig.Client.UnaryAsync(new Chunk(), user is null ? null : new Metadata { { HeaderScheme.Header, user } })).Text;
    }

    [Fact]
    public async Task A_claim_can_name_the_caller()
    {
        Rig rig = await StartAsync(new RigOptions { Builder = HeaderScheme.Add, Router = static options => options.Callers.NameClaim = "client_id" });
        CallerIdentity? caller = null;
        rig.Service.OnUnary = (request, context) =>
        {
            caller = context.GetCaller();
            return Task.FromResult(request);
        };
        await rig.Client.UnaryAsync(new Chunk(), new Metadata { { HeaderScheme.Header, "ann client_id=app-7:%41" } });
        Assert.Equal(new CallerIdentity("test", "app-7:%41"), caller);
        await rig.Client.UnaryAsync(new Chunk(), new Metadata { { HeaderScheme.Header, "ann" } });
        Assert.Null(caller);
    }
}
