using Grpc.Core;
using GrpcRouter.FunctionalTests.Awkward;

namespace GrpcRouter.FunctionalTests;

/// <summary>Says which of the methods of similar names was called.</summary>
internal sealed class AwkwardService : Class.ClassBase
{
    public override Task<Awkward.Chunk> Binding(Awkward.Chunk request, ServerCallContext context) => Answer("Binding", request);

    public override Task<Chunk> Get(Awkward.Chunk.Types.Inner request, ServerCallContext context) => Task.FromResult(new Chunk { Text = $"Get {request.Text}" });

    public override Task<Awkward.Chunk.Types.Inner> get(Chunk request, ServerCallContext context) =>
        Task.FromResult(new Awkward.Chunk.Types.Inner { Text = $"get {request.Text}" });

    public override async Task Unary(Awkward.Chunk request, IServerStreamWriter<Awkward.Chunk> responseStream, ServerCallContext context) =>
        await responseStream.WriteAsync(await Answer("Unary", request));

    public override Task<Awkward.Chunk> Register(Awkward.Chunk request, ServerCallContext context) => Answer("Register", request);

    public override Task<Awkward.Chunk> Control(Awkward.Chunk request, ServerCallContext context) => Answer("Control", request);

    private static Task<Awkward.Chunk> Answer(string method, Awkward.Chunk request) =>
        Task.FromResult(new Awkward.Chunk { Inner = new() { Text = $"{method} {request.Inner.Text}" } });
}
