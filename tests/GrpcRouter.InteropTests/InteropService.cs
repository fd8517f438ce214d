using System.Collections.Concurrent;
using Grpc.Core;

namespace GrpcRouter.InteropTests;

/// <summary>What the foreign clients call; interop.proto says what each method does.</summary>
internal sealed class InteropService : Interop.InteropBase
{
    public const string Secret = "for the log alone";

    private readonly ConcurrentDictionary<string, MuteCall> muteCalls = new(StringComparer.Ordinal);

    public override async Task<Reply> Echo(Request request, ServerCallContext context)
    {
        await OpenAsync(context, request.Encoding);
        FailIfAsked(request, context);
        return new Reply { Payload = request.Payload, Count = 1 };
    }

    public override async Task Expand(Request request, IServerStreamWriter<Reply> replies, ServerCallContext context)
    {
        await OpenAsync(context, request.Encoding);
        for (var i = 1; i <= request.Count; i++)
        {
            await replies.WriteAsync(new Reply { Payload = request.Payload, Count = i });
        }

        FailIfAsked(request, context);
    }

    public override async Task<Reply> Collect(IAsyncStreamReader<Request> requests, ServerCallContext context)
    {
        await OpenAsync(context);
        var reply = new Reply();
        while (await requests.MoveNext(context.CancellationToken))
        {
            reply.Count++;
            reply.Bytes += requests.Current.Payload.Length;
            FailIfAsked(requests.Current, context);
        }

        return reply;
    }

    public override async Task Converse(IAsyncStreamReader<Request> requests, IServerStreamWriter<Reply> replies, ServerCallContext context)
    {
        await OpenAsync(context);
        for (var i = 1; await requests.MoveNext(context.CancellationToken); i++)
        {
            FailIfAsked(requests.Current, context);
            await replies.WriteAsync(new Reply { Payload = requests.Current.Payload, Count = i });
        }
    }

    public override async Task<Reply> Mute(Request request, ServerCallContext context)
    {
        await OpenAsync(context);
        throw await CancellationOf(request.Key, context);
    }

    public override async Task MuteStream(IAsyncStreamReader<Request> requests, IServerStreamWriter<Reply> replies, ServerCallContext context)
    {
        await OpenAsync(context);
        throw await CancellationOf(context.RequestHeaders.GetValue("key")!, context);
    }

    public override async Task<Reply> AwaitStarted(Request request, ServerCallContext context)
    {
        await MuteCallNamed(request.Key).Started.Task.WaitAsync(context.CancellationToken);
        return new Reply();
    }

    public override async Task<Reply> AwaitCancelled(Request request, ServerCallContext context)
    {
        await MuteCallNamed(request.Key).Cancelled.Task.WaitAsync(context.CancellationToken);
        return new Reply();
    }

    private static async Task OpenAsync(ServerCallContext context, string encoding = "")
    {
        Metadata headers = [];
        foreach (var entry in context.RequestHeaders)
        {
            if (entry.Key.StartsWith("initial-", StringComparison.Ordinal))
            {
                headers.Add(entry);
            }
            else if (entry.Key.StartsWith("trailing-", StringComparison.Ordinal))
            {
                context.ResponseTrailers.Add(entry);
            }
        }

        if (encoding.Length > 0)
        {
            headers.Add("grpc-internal-encoding-request", encoding);
        }

        await context.WriteResponseHeadersAsync(headers);
    }

    private static void FailIfAsked(Request request, ServerCallContext context)
    {
        if (request.Details.Length > 0)
        {
            context.ResponseTrailers.Add("grpc-status-details-bin", request.Details.ToByteArray());
        }

        if (request.Status > 0)
        {
            throw new RpcException(new Status((StatusCode)request.Status, request.Message));
        }

        if (request.Status < 0)
        {
            throw new InvalidOperationException(Secret);
        }
    }

    private async Task<Exception> CancellationOf(string key, ServerCallContext context)
    {
        var call = MuteCallNamed(key);
        using var registration = context.CancellationToken.Register(call.Cancelled.SetResult);
        call.Started.SetResult();
        await call.Cancelled.Task;
        return new OperationCanceledException(context.CancellationToken);
    }

    private MuteCall MuteCallNamed(string key) => muteCalls.GetOrAdd(key, static _ => new MuteCall());

    private sealed class MuteCall
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
