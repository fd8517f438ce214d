using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>The service under load. It enters each call in its journal before anything else and before it answers.</summary>
internal sealed class WorkloadService(string name, Journal journal, Pace pace) : Workload.WorkloadBase
{
    public override async Task<Receipt> Add(Job request, ServerCallContext context)
    {
        await ServeAsync(request, context);
        return new Receipt { Instance = name, Data = request.Data };
    }

    public override async Task<Receipt> Put(Job request, ServerCallContext context)
    {
        await ServeAsync(request, context);
        return new Receipt { Instance = name };
    }

    public override Task Watch(Job request, IServerStreamWriter<Item> responseStream, ServerCallContext context) => EnterAsync(context, async call =>
    {
        await context.WriteResponseHeadersAsync(CallHeaders.OfInstance(name));
        for (int index = 0; index < request.Items; index++)
        {
            await pace.PassAsync(request.DelayMs, context.CancellationToken);
            await responseStream.WriteAsync(new Item { Index = index, Data = Payload.Make(call, index, request.Size) }, context.CancellationToken);
        }
    });

    public override async Task<Receipt> Store(IAsyncStreamReader<Item> requestStream, ServerCallContext context)
    {
        Receipt receipt = new() { Instance = name };
        await EnterAsync(context, async call =>
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                Check(call, requestStream.Current, receipt.Items++);
            }

            await pace.PassAsync(0, context.CancellationToken);
        });
        return receipt;
    }

    public override Task Talk(IAsyncStreamReader<Item> requestStream, IServerStreamWriter<Item> responseStream, ServerCallContext context) => EnterAsync(context, async call =>
    {
        await context.WriteResponseHeadersAsync(CallHeaders.OfInstance(name));
        for (int index = 0; await requestStream.MoveNext(context.CancellationToken); index++)
        {
            Item item = requestStream.Current;
            Check(call, item, index);
            await pace.PassAsync(0, context.CancellationToken);
            await responseStream.WriteAsync(item, context.CancellationToken);
        }
    });

    private Task ServeAsync(Job job, ServerCallContext context) => EnterAsync(context, async call =>
    {
        if (!Payload.Fits(job.Data, call, 0))
        {
            journal.Break(call, "the job's data is not what the client sent");
        }

        await pace.PassAsync(job.DelayMs, context.CancellationToken);
    });

    private async Task EnterAsync(ServerCallContext context, Func<long, Task> serve)
    {
        long call = CallHeaders.CallOf(context.RequestHeaders);
        journal.Start(call);
        try
        {
            await serve(call);
        }
        catch (Exception error)
        {
            journal.End(call, context.CancellationToken.IsCancellationRequested ? "cancelled" : error.GetType().Name);
            throw;
        }

        journal.End(call, JournalEntry.Ok);
    }

    private void Check(long call, Item item, int index)
    {
        if (item.Index != index)
        {
            journal.Break(call, $"request {index} came as {item.Index}");
        }
        else if (!Payload.Fits(item.Data, call, index))
        {
            journal.Break(call, $"the data of request {index} is not what the client sent");
        }
    }
}
