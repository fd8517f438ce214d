using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter.V1;
using GreeterInstance = GrpcRouter.Testing.ScriptedInstance<GrpcRouter.Testing.Tests.GreeterInstanceFrame, GrpcRouter.Testing.Tests.GreeterRouterFrame>;

namespace GrpcRouter.Testing.Tests;

public sealed class ScriptedInstanceTests
{
    [Fact]
    public async Task A_scripted_instance_answers_a_call()
    {
        await using RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>();
        await using GreeterInstance instance = await GreeterInstance.ConnectAsync(host.Address, GreeterRouter.Service);
        await instance.RegisterAsync();
        await host.WaitForInstancesAsync(1);
        using GrpcChannel channel = host.CreateChannel();

        using AsyncUnaryCall<HelloReply> call = new Greeter.GreeterClient(channel).SayHelloAsync(new HelloRequest { Name = "world" });
        GreeterRouterFrame frame = await instance.ReceiveCallAsync();
        await instance.SendAsync(new GreeterInstanceFrame
        {
            CallId = frame.CallId,
            SayHello = new HelloReply { Message = $"Hello {frame.SayHello.Name}" },
            End = new CallEnd(),
        });

        Assert.True(frame.HalfClose);
        Assert.Equal("Hello world", (await call).Message);
    }

    [Fact]
    public async Task A_broken_frame_ends_the_stream_with_a_status()
    {
        await using RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>();
        await using GreeterInstance instance = await GreeterInstance.ConnectAsync(host.Address, GreeterRouter.Service);
        await instance.RegisterAsync();

        await instance.SendRawAsync(new byte[] { 0, 0, 0, 0, 1, 0xFF });
        Status status = await instance.ReceiveEndAsync();

        Assert.NotEqual(StatusCode.OK, status.StatusCode);
        Assert.NotEmpty(status.Detail);
    }

    [Fact]
    public async Task A_refused_registration_says_what_the_router_answered()
    {
        await using RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>();
        await using GreeterInstance instance = await GreeterInstance.ConnectAsync(host.Address, GreeterRouter.Service);

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => instance.RegisterAsync(change: hello => hello.Service = "other.Service"));

        Assert.Contains("other.Service", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_aborted_instance_is_gone_for_the_router()
    {
        await using RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>();
        await using GreeterInstance instance = await GreeterInstance.ConnectAsync(host.Address, GreeterRouter.Service);
        await instance.RegisterAsync();
        await host.WaitForInstancesAsync(1);
        using GrpcChannel channel = host.CreateChannel();

        using AsyncUnaryCall<HelloReply> call = new Greeter.GreeterClient(channel).SayHelloAsync(new HelloRequest());
        await instance.ReceiveCallAsync();
        instance.Abort();

        RpcException failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task A_frame_that_does_not_come_fails_the_receive()
    {
        await using RouterTestHost host = await RouterTestHost.StartAsync<GreeterRouter>();
        await using GreeterInstance instance = await GreeterInstance.ConnectAsync(host.Address, GreeterRouter.Service);
        await instance.RegisterAsync();
        await instance.ReceiveControlAsync(RouterControl.KindOneofCase.Ping);
        instance.Patience = TimeSpan.FromMilliseconds(1);

        await Assert.ThrowsAsync<TimeoutException>(instance.ReceiveAsync);
    }
}
