using System.Text;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;
using Microsoft.Extensions.Options;

namespace GrpcRouter.Bridge.Tests;

public sealed class AllowedCallsTests
{
    [Theory]
    [InlineData("probe.Probe/Echo", true)]
    [InlineData("probe.Probe/*", true)]
    [InlineData("probe.Probe/echo", false)]
    [InlineData("probe.Other/*", false)]
    [InlineData("*/Echo", false)]
    public async Task A_method_is_served_when_the_instances_own_list_has_it(string method, bool isServed)
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { AllowedMethods = [method] });
        await session.CallEchoAsync(1, "hello");
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((isServed ? 0u : (uint)StatusCode.Unimplemented, !isServed), (end.Code, end.NotDispatched));
        Assert.Equal(isServed ? 1 : 0, session.Service.EchoCalls);
    }

    [Fact]
    public async Task An_empty_list_serves_nothing()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { AllowedMethods = [] });
        await session.CallEchoAsync(1, "hello");
        Assert.Equal((uint)StatusCode.Unimplemented, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    public static TheoryData<string, bool> Tenants => new()
    {
        { "acme", true },
        { "beta", true },
        { "other", false },
        { "ACME", false },
        { "acme ", false },
        { "", false },
        { new string('a', 257), false },
    };

    [Theory]
    [MemberData(nameof(Tenants))]
    public async Task A_call_is_served_when_its_tenant_is_in_the_instances_own_list(string tenant, bool isServed)
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { AllowedTenants = ["acme", "beta"] });
        await session.CallEchoAsync(1, "hello", start => Add(start, tenant));
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((isServed ? 0u : (uint)StatusCode.PermissionDenied, !isServed), (end.Code, end.NotDispatched));
        Assert.Equal(isServed ? 1 : 0, session.Service.EchoCalls);
    }

    [Fact]
    public async Task A_call_without_a_tenant_or_with_one_too_many_is_not_served()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { AllowedTenants = ["acme"] });
        await session.CallEchoAsync(1, "hello");
        Assert.Equal((uint)StatusCode.PermissionDenied, (await session.Channel.ReceiveEndAsync(1)).Code);
        await session.CallEchoAsync(2, "hello", static start =>
        {
            Add(start, "acme");
            Add(start, "other");
        });
        Assert.Equal((uint)StatusCode.PermissionDenied, (await session.Channel.ReceiveEndAsync(2)).Code);
        Assert.Equal(0, session.Service.EchoCalls);
    }

    [Fact]
    public void Names_that_cannot_be_are_said_at_the_start()
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => new ProbeBridge(
            new ProbeService(), "http://localhost", new BridgeOptions { AllowedMethods = ["Echo", "a/b/c"], AllowedTenants = [""] }));
        Assert.Equal(3, error.Failures.Count());
    }

    private static void Add(CallStart start, string tenant) =>
        start.Metadata.Add(new MetadataEntry { Key = "grpcrouter-tenant", Value = ByteString.CopyFrom(Encoding.UTF8.GetBytes(tenant)) });
}
