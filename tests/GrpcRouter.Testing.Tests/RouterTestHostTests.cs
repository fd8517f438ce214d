using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.DependencyInjection;
using GreeterInstance = GrpcRouter.Testing.ScriptedInstance<GrpcRouter.Testing.Tests.GreeterInstanceFrame, GrpcRouter.Testing.Tests.GreeterRouterFrame>;

namespace GrpcRouter.Testing.Tests;

public sealed class RouterTestHostTests
{
    private static readonly RouterTestHostOptions Impatient = new() { Patience = TimeSpan.FromMilliseconds(50) };

    [Fact]
    public async Task A_call_that_is_left_over_fails_the_disposal()
    {
        RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>(Impatient);
        await using GreeterInstance instance = await GreeterInstance.ConnectAsync(host.Address, GreeterRouter.Service);
        await instance.RegisterAsync();
        using GrpcChannel channel = host.CreateChannel();
        using AsyncUnaryCall<HelloReply> call = new Greeter.GreeterClient(channel).SayHelloAsync(new HelloRequest());
        await instance.ReceiveCallAsync();

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await host.DisposeAsync());

        Assert.Contains("greet.Greeter: 1 calls, 1 channels", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_the_log_fails_the_disposal()
    {
        RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>();
        host.Services.GetRequiredService<ILogger<RouterTestHostTests>>().LogError("It broke.");

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await host.DisposeAsync());

        Assert.Contains("It broke.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expected_error_stays_in_the_log()
    {
        await using RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>(new() { AllowErrors = true });
        host.Services.GetRequiredService<ILogger<RouterTestHostTests>>().LogError("It broke.");

        Assert.Contains("It broke.", Assert.Single(host.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_instances_are_counted_in_the_failure()
    {
        await using RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>(Impatient);

        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => host.WaitForInstancesAsync(2));

        Assert.Contains("2 instances of greet.Greeter", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_can_come_back_on_the_port_of_the_one_before()
    {
        RouterTestHost before = await RouterTestHost.StartAsync<GreeterRouter>();
        await before.DisposeAsync();

        await using RouterTestHost after = await RouterTestHost.StartAsync<GreeterRouter>(new() { Port = before.Port });

        Assert.Equal(before.Address, after.Address);
    }
}
