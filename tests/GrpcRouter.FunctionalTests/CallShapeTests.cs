using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

public sealed class CallShapeTests : FunctionalTest
{
    [Fact]
    public async Task A_generated_client_reaches_the_service_by_its_original_path()
    {
        Rig rig = await StartAsync();
        rig.Service.OnUnary = static (request, context) => Task.FromResult(new Chunk { Text = $"{context.Method} {request.Text}" });

        Chunk reply = await rig.Client.UnaryAsync(new Chunk { Text = "hello" });

        Assert.Equal("/functional.Probe/Unary hello", reply.Text);
    }

    [Theory]
    [InlineData("/functional.Probe/Nothing")]
    [InlineData("/functional.Nothing/Unary")]
    [InlineData("/functional.Probe/unary")]
    public async Task A_call_to_an_unknown_method_or_service_is_unimplemented(string path)
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync(path, RawClient.Message([]));

        Assert.Equal("12", response.Status);
        Assert.Equal(RouterReasons.UnknownMethod, response.RouterReason);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented_without_instances_too()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });

        RawResponse response = await rig.Raw.CallAsync("/functional.Probe/Nothing", RawClient.Message([]));

        Assert.Equal("12", response.Status);
    }

    [Fact]
    public async Task A_call_without_instances_is_unavailable_at_once()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(RouterReasons.NoInstance, Reasons.Of(error));
    }

    [Fact]
    public async Task Two_responses_to_a_unary_call_are_unimplemented_and_the_channel_survives()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk() });
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk() });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Equal(RouterReasons.Cardinality, Reasons.Of(error));
        ProbeRouterFrame cancel = await instance.ReceiveUntilAsync(frame => frame.CallId == start.CallId && frame.Cancel is not null);
        Assert.Equal(V1.CancelReason.Violation, cancel.Cancel.Reason);
        await instance.EndAsync(start.CallId);
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk { Text = "next" }));
    }

    [Fact]
    public async Task An_ok_without_a_response_to_a_unary_call_is_unimplemented()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.EndAsync(start.CallId);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Theory]
    [InlineData("Unary", 0)]
    [InlineData("Unary", 2)]
    [InlineData("Download", 0)]
    [InlineData("Download", 2)]
    public async Task Any_number_of_requests_but_one_is_unimplemented_where_one_is_due(string method, int requests)
    {
        Rig rig = await StartAsync();
        byte[] body = [.. Enumerable.Repeat(RawClient.Message(new Chunk { Text = "x" }.ToByteArray()), requests).SelectMany(static message => message)];

        RawResponse response = await rig.Raw.CallAsync($"/functional.Probe/{method}", body);

        Assert.Equal("12", response.Status);
        Assert.Equal(RouterReasons.Cardinality, response.RouterReason);
        Assert.Equal(0, rig.Service.Started);
        Assert.Equal("next", (await rig.Client.UnaryAsync(new Chunk { Text = "next" })).Text);
    }

    [Fact]
    public async Task Payload_bytes_leave_as_they_came()
    {
        // Fields out of order, twice, unknown and with an overlong varint: a parser would write them anew in another form.
        byte[] request = [0x18, 0x81, 0x80, 0x00, 0x12, 0x01, (byte)'b', 0xFA, 0x7F, 0x02, 1, 2, 0x0A, 0x01, 9, 0x12, 0x01, (byte)'c'];
        byte[] response = [0xFA, 0x7F, 0x01, 7, .. request];
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        await using ByteBridge bridge = new(rig.Address, rig.Logs, bytes =>
        {
            Assert.Equal(request, bytes);
            return response;
        });
        await bridge.StartAsync();

        RawResponse answer = await rig.Raw.CallAsync("/functional.Probe/Unary", RawClient.Message(request));

        Assert.Equal("0", answer.Status);
        Assert.Equal(response, Assert.Single(answer.Messages()).Payload);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/grpcx")]
    public async Task Another_content_type_is_an_unsupported_media_type(string contentType)
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync("/functional.Probe/Unary", RawClient.Message([]), ("content-type", contentType));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.HttpStatus);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    public async Task The_content_types_of_grpc_are_taken(string contentType)
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync("/functional.Probe/Unary", RawClient.Message([]), ("content-type", contentType));

        Assert.Equal("0", response.Status);
    }

    [Fact]
    public async Task An_instance_of_an_older_service_serves_what_it_has()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        await using ByteBridge old = new(rig.Address, rig.Logs, static bytes => bytes);
        await old.StartAsync();

        Assert.Equal("shared", (await rig.Client.UnaryAsync(new Chunk { Text = "shared" })).Text);
        using AsyncServerStreamingCall<Chunk> missing = rig.Client.Download(new Chunk());
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await missing.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Null(Reasons.Of(error));
    }

    [Fact]
    public async Task An_instance_of_a_newer_service_serves_an_older_router()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Application = static app => Microsoft.AspNetCore.Builder.GrpcRouterEndpointRouteBuilderExtensions.MapGrpcRouter<OldRouter>(app),
        });
        await using NewerBridge newer = new(rig.Address, rig.Logs);
        await newer.StartAsync();

        RawResponse shared = await rig.Raw.CallAsync("/functional.Old/Unary", RawClient.Message("x"u8.ToArray()));
        RawResponse added = await rig.Raw.CallAsync("/functional.Old/Added", RawClient.Message("x"u8.ToArray()));

        Assert.Equal("0", shared.Status);
        Assert.Equal("x", Encoding.ASCII.GetString(Assert.Single(shared.Messages()).Payload));
        Assert.Equal("12", added.Status);
    }
}
