using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;

namespace GrpcRouter.Bridge.Tests;

/// <summary>The service under the bridge; a test sets the method it drives.</summary>
internal class ProbeService : Probe.ProbeBase
{
    private int echoCalls;

    public Func<Text, ServerCallContext, Task<Text>> OnEcho { get; set; } =
        static (request, _) => Task.FromResult(new Text { Value = request.Value });

    public Func<Text, IServerStreamWriter<Text>, ServerCallContext, Task> OnCount { get; set; } = static async (request, responses, _) =>
    {
        for (int i = 1; i <= int.Parse(request.Value); i++)
        {
            await responses.WriteAsync(new Text { Value = i.ToString() });
        }
    };

    public Func<IAsyncStreamReader<Text>, ServerCallContext, Task<Text>> OnCollect { get; set; } = static async (requests, _) =>
    {
        List<string> values = [];
        while (await requests.MoveNext(CancellationToken.None))
        {
            values.Add(requests.Current.Value);
        }

        return new Text { Value = string.Join('+', values) };
    };

    public Func<IAsyncStreamReader<Text>, IServerStreamWriter<Text>, ServerCallContext, Task> OnChat { get; set; } =
        static async (requests, responses, _) =>
        {
            while (await requests.MoveNext(CancellationToken.None))
            {
                await responses.WriteAsync(requests.Current);
            }
        };

    /// <summary>Calls of Echo that reached the handler.</summary>
    public int EchoCalls => Volatile.Read(ref echoCalls);

    public override Task<Text> Echo(Text request, ServerCallContext context)
    {
        Interlocked.Increment(ref echoCalls);
        return OnEcho(request, context);
    }

    public override Task Count(Text request, IServerStreamWriter<Text> responseStream, ServerCallContext context) =>
        OnCount(request, responseStream, context);

    public override Task<Text> Collect(IAsyncStreamReader<Text> requestStream, ServerCallContext context) => OnCollect(requestStream, context);

    public override Task Chat(IAsyncStreamReader<Text> requestStream, IServerStreamWriter<Text> responseStream, ServerCallContext context) =>
        OnChat(requestStream, responseStream, context);
}
