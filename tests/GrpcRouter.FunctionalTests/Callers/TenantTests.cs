using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

public sealed class TenantTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";
    private static readonly byte[] Request = RawClient.Message([]);

    [Fact]
    public async Task Callers_reach_the_instances_of_their_tenant_whatever_they_send()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Builder = HeaderScheme.Add,
            Router = static options =>
            {
                options.Tenants.Source = TenantSource.Caller;
                foreach (string tenant in (string[])["acme", "other"])
                {
                    options.Registration.Rules.Add(new RegistrationRuleOptions { Identity = $"instance-{tenant}", Tenants = { tenant } });
                }
            },
        });
        await AddAsync("acme");
        ProbeService others = await AddAsync("other");
        for (int i = 0; i < 10; i++)
        {
            Metadata forged = new()
            {
                { HeaderScheme.Header, "ann tenant=acme" }, { "grpcrouter-tenant", "other" }, { "x-tenant", "other" }, { "grpcrouter-caller", "test:root" }, { "x-instance-id", "other" },
            };
            Assert.Equal("acme", (await rig.Client.UnaryAsync(new Chunk(), forged)).Text);
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk(), new Metadata { { "grpcrouter-tenant", "other" } }));
        Assert.Equal(RouterReasons.NoInstance, Reasons.Of(error));
        Assert.Equal(0, others.Started);

        async Task<ProbeService> AddAsync(string tenant)
        {
            ProbeService service = new() { OnUnary = (_, context) => Task.FromResult(new Chunk { Text = context.GetTenant() }) };
            await rig.AddInstanceAsync(service, options => options.PrepareRegistration = (request, _) =>
            {
                request.Headers.Add(HeaderScheme.Header, $"instance-{tenant}");
                return default;
            });
            return service;
        }
    }

    [Theory]
    [InlineData("acme.api.example.com", "acme")]
    [InlineData("ACME.API.example.com:8443", "acme")]
    [InlineData("acme.api.example.com.", "acme")]
    [InlineData("api.example.com", null)]
    [InlineData("x.acme.api.example.com", null)]
    [InlineData(".api.example.com", null)]
    [InlineData("acme.api.example.com.evil.org", null)]
    public async Task A_host_name_can_name_the_tenant(string host, string? tenant)
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Router = static options =>
            {
                options.Tenants.Source = TenantSource.Host;
                options.Tenants.HostPattern = "{tenant}.api.example.com";
                options.Tenants.Required = true;
            },
        });
        string? seen = null;
        rig.Service.OnUnary = (request, context) =>
        {
            seen = context.GetTenant();
            return Task.FromResult(request);
        };
        RawResponse response = await rig.Raw.CallAsync(Unary, Request, ("host", host));
        Assert.Equal((tenant is null ? "7" : "0", tenant is null ? RouterReasons.TenantRequired : null), (response.Status, response.RouterReason));
        Assert.Equal(tenant, seen);
    }

    [Fact]
    public async Task A_header_can_name_the_tenant_but_not_one_that_the_callers_credential_is_not_for()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = HeaderScheme.Add,
            Router = static options =>
            {
                options.Tenants.Source = TenantSource.Header;
                options.Tenants.Header = "X-Tenant";
            },
        });
        Assert.Equal(("0", null), await CallAsync("acme", ""));
        Assert.Equal(("0", null), await CallAsync("acme", "ann tenant=acme"));
        Assert.Equal(("0", null), await CallAsync("acme", "ann"));
        Assert.Equal(("7", RouterReasons.TenantRefused), await CallAsync("other", "ann tenant=acme"));
        Assert.Equal(("7", RouterReasons.TenantRefused), await CallAsync("a,b", ""));
        RawResponse twice = await rig.Raw.CallAsync(Unary, Request, ("x-tenant", "acme"), ("X-TENANT", "other"));
        Assert.Equal(("7", RouterReasons.TenantRefused), (twice.Status, twice.RouterReason));

        async Task<(string?, string?)> CallAsync(string tenant, string user)
        {
            RawResponse response = await rig.Raw.CallAsync(Unary, Request, ("x-tenant", tenant), (HeaderScheme.Header, user));
            return (response.Status, response.RouterReason);
        }
    }

    [Fact]
    public async Task One_tenants_calls_leave_room_for_those_of_others()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = HeaderScheme.Add,
            Router = static options =>
            {
                options.Tenants.Source = TenantSource.Caller;
                options.Defaults.CircuitBreaker.MaxCallsPerTenant = 1;
            },
        });
        using AsyncDuplexStreamingCall<Chunk, Chunk> stream = rig.Client.Talk(User("ann tenant=acme"));
        await stream.RequestStream.WriteAsync(new Chunk());
        await stream.ResponseStream.NextAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk(), User("bob tenant=acme")));
        Assert.Equal((StatusCode.ResourceExhausted, RouterReasons.TenantLimit), (error.StatusCode, Reasons.Of(error)));
        await rig.Client.UnaryAsync(new Chunk(), User("cid tenant=other"));
        await stream.RequestStream.CompleteAsync();
    }

    private static Metadata User(string said) => new() { { HeaderScheme.Header, said } };
}
