using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class LimitTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";
    private const string Talk = "/functional.Probe/Talk";

    [Theory]
    [InlineData(1001)]
    [InlineData(0x7FFFFFFF)]
    [InlineData(0xFFFFFFFF)]
    public async Task A_request_over_the_limit_is_refused_by_its_declared_length(uint length)
    {
        Rig rig = await StartAsync(new RigOptions { Router = static options => options.MaxMessageSize = 1000 });
        using PieceContent body = new();

        // The prefix alone: whoever waited for the message would wait for ever.
        body.Write([0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length]);
        RawResponse response = await rig.Raw.SendAsync(Unary, body);

        Assert.Equal("8", response.Status);
        Assert.Equal(RouterReasons.MessageTooLarge, response.RouterReason);
        Assert.Equal("next", (await rig.Client.UnaryAsync(new Chunk { Text = "next" })).Text);
    }

    [Fact]
    public async Task The_instance_is_told_when_a_later_request_is_over_the_limit()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.MaxMessageSize = 1000 });
        Scripted instance = await rig.ScriptAsync();
        using PieceContent body = new();
        Task<RawResponse> response = rig.Raw.SendAsync(Talk, body);
        body.Write(RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        body.Write([0, 0, 1, 0, 0]);

        Assert.Equal("8", (await response).Status);
        ProbeRouterFrame cancel = await instance.ReceiveUntilAsync(static frame => frame.Cancel is not null);
        Assert.Equal((start.CallId, CancelReason.Limit), (cancel.CallId, cancel.Cancel.Reason));
        await instance.EndAsync(start.CallId, 8);
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(uint.MaxValue)]
    [InlineData(ulong.MaxValue)]
    public async Task A_response_over_the_limit_ends_its_call_alone(ulong length)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.MaxMessageSize = 1000 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, MessageLength = length, Fragment = ByteString.CopyFromUtf8("beginning") });

        RawResponse answer = await response;

        Assert.Equal("8", answer.Status);
        Assert.Equal(RouterReasons.MessageTooLarge, answer.RouterReason);
        ProbeRouterFrame cancel = await instance.ReceiveUntilAsync(static frame => frame.Cancel is not null);
        Assert.Equal(CancelReason.Limit, cancel.Cancel.Reason);
        await instance.EndAsync(start.CallId, 8);
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task A_response_of_four_gibibytes_is_refused_without_a_limit_too()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, MessageLength = 1UL << 32 });

        Assert.Equal("8", (await response).Status);
    }

    [Fact]
    public async Task Request_metadata_over_the_limit_is_resource_exhausted()
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([]), ("large", new string('x', 17 * 1024)));

        Assert.Equal("8", response.Status);
        Assert.Equal(RouterReasons.MetadataTooLarge, response.RouterReason);
        Assert.Equal(0, rig.Service.Started);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_metadata_over_the_limit_is_resource_exhausted(bool headers)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        MetadataEntry large = MetadataTests.Entry("large", new string('x', 17 * 1024));
        ProbeInstanceFrame frame = new() { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() };
        if (headers)
        {
            frame.Headers = new CallHeaders { Metadata = { large } };
        }
        else
        {
            frame.End.Trailers.Add(large);
        }

        await instance.SendAsync(frame);
        RawResponse answer = await response;

        Assert.Equal("8", answer.Status);
        Assert.Equal(RouterReasons.MetadataTooLarge, answer.RouterReason);
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task Trailers_over_the_limit_at_the_bridge_are_resource_exhausted()
    {
        Rig rig = await StartAsync();
        rig.Service.OnUnary = static (request, context) =>
        {
            context.ResponseTrailers.Add("large", new string('x', 17 * 1024));
            return Task.FromResult(request);
        };

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task An_overlong_status_message_is_cut_between_characters()
    {
        Rig rig = await StartAsync();
        string message = new('☺', 10_000);
        rig.Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.Internal, message));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.InRange(error.Status.Detail.Length, 600, 700);
        Assert.All(error.Status.Detail, static character => Assert.Equal('☺', character));
    }

    [Fact]
    public async Task A_request_that_ends_inside_a_message_is_internal()
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync(Talk, [0, 0, 0, 0, 9, 1, 2]);

        Assert.Equal("13", response.Status);
        Assert.Equal(RouterReasons.BadRequest, response.RouterReason);
    }

    [Fact]
    public async Task Calls_beyond_the_limit_of_a_channel_are_resource_exhausted()
    {
        Rig rig = await StartAsync(new RigOptions { Router = static options => options.MaxCallsPerChannel = 3 });
        TaskCompletionSource release = new();
        rig.Service.OnUnary = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        AsyncUnaryCall<Chunk>[] running = [.. Enumerable.Range(0, 3).Select(_ => rig.Client.UnaryAsync(new Chunk()))];
        await Until.TrueAsync(() => rig.Service.Running == 3, "The calls did not start.");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(RouterReasons.TooManyCalls, Reasons.Of(error));
        release.SetResult();
        await Task.WhenAll(running.Select(static call => call.ResponseAsync));
    }
}
