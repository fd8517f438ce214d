using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>Makes one call as planned, checks what comes, and enters how it ended.</summary>
internal sealed class CallRun(CallRecord record, TimeProvider time)
{
    private readonly CallPlan plan = record.Plan;

    /// <summary>Runs the call to its end. Does not throw.</summary>
    public async Task RunAsync(Client client)
    {
        using CancellationTokenSource cancel = plan.End == CallEnd.Cancel ? new(TimeSpan.FromMilliseconds(plan.LimitMs), time) : new();
        Metadata headers = CallHeaders.Of(record.Id);
        DateTime? deadline = plan.End == CallEnd.Deadline ? time.GetUtcNow().UtcDateTime.AddMilliseconds(plan.LimitMs) : null;
        CallOptions options = new(headers, deadline, cancel.Token);
        try
        {
            await client.RunAsync(stub => AttemptAsync(stub, options), router => record.Router = router);
            record.End(StatusCode.OK, "");
        }
        catch (RpcException error)
        {
            StatusCode end = Outcome.Of(client.Sent.Of(headers, error), error, cancel.IsCancellationRequested, time.GetUtcNow().UtcDateTime >= deadline);
            record.End(end, Refusal.ReasonOf(error) is { } reason ? $"{reason}: {error.Status.Detail}" : error.Status.Detail);
        }
        catch (Exception error)
        {
            record.Break($"the client threw {error}");
            record.End(StatusCode.Unknown, error.Message);
        }
        finally
        {
            client.Sent.Forget(headers);
        }
    }

    private Task AttemptAsync(Workload.WorkloadClient stub, CallOptions options)
    {
        record.Stage = "started";
        return plan.Kind switch
        {
            CallKind.Add => UnaryAsync(stub.AddAsync(Job(), options)),
            CallKind.Put => UnaryAsync(stub.PutAsync(Job(), options)),
            CallKind.Watch => WatchAsync(stub.Watch(Job(), options)),
            CallKind.Store => StoreAsync(stub.Store(options)),
            _ => TalkAsync(stub.Talk(options)),
        };
    }

    private Job Job() => new()
    {
        DelayMs = plan.DelayMs,
        Items = plan.Items,
        Size = plan.Size,
        Data = plan.Kind == CallKind.Watch ? Google.Protobuf.ByteString.Empty : Payload.Make(record.Id, 0, plan.Size),
    };

    private async Task UnaryAsync(AsyncUnaryCall<Receipt> started)
    {
        using AsyncUnaryCall<Receipt> call = started;
        record.Stage = "waiting for the answer";
        Receipt receipt = await call;
        record.Instance = receipt.Instance;
        if (receipt.Data.Length != (plan.Kind == CallKind.Add ? plan.Size : 0) || !Payload.Fits(receipt.Data, record.Id, 0))
        {
            record.Break("the answer is not this call's");
        }
    }

    private async Task WatchAsync(AsyncServerStreamingCall<Item> started)
    {
        using AsyncServerStreamingCall<Item> call = started;
        await ReadAsync(call.ResponseHeadersAsync, call.ResponseStream);
    }

    private async Task StoreAsync(AsyncClientStreamingCall<Item, Receipt> started)
    {
        using AsyncClientStreamingCall<Item, Receipt> call = started;
        Exception? failure = await WriteAsync(call.RequestStream);
        Receipt receipt = await call;
        record.Instance = receipt.Instance;
        if (receipt.Items != plan.Items || failure is not null)
        {
            record.Break($"{receipt.Items} of {plan.Items} requests were counted, and yet the call is OK ({failure?.Message ?? "no write failed"})");
        }
    }

    private async Task TalkAsync(AsyncDuplexStreamingCall<Item, Item> started)
    {
        using AsyncDuplexStreamingCall<Item, Item> call = started;
        Task<Exception?> writing = WriteAsync(call.RequestStream);
        try
        {
            await ReadAsync(call.ResponseHeadersAsync, call.ResponseStream);
        }
        catch
        {
            record.Stage = "ended, and waiting for the writer";
            await writing;
            throw;
        }

        if (await writing is { } failure)
        {
            record.Break($"a write failed, and yet the call is OK: {failure.Message}");
        }
    }

    /// <summary>Writes all requests, and gives the error of one that fails: the call's status tells the rest.</summary>
    private async Task<Exception?> WriteAsync(IClientStreamWriter<Item> requests)
    {
        try
        {
            for (int index = 0; index < plan.Items; index++)
            {
                record.Stage = $"writing request {index}";
                await requests.WriteAsync(new Item { Index = index, Data = Payload.Make(record.Id, index, plan.Size) });
                if (plan.GapMs > 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(plan.GapMs), time);
                }
            }

            record.Stage = "ending the requests";
            await requests.CompleteAsync();
            record.Stage = "requests are written";
            return null;
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or OperationCanceledException or IOException or HttpRequestException)
        {
            return error;
        }
    }

    private async Task ReadAsync(Task<Metadata> headers, IAsyncStreamReader<Item> responses)
    {
        int received = 0;
        while (await responses.MoveNext(CancellationToken.None))
        {
            Item item = responses.Current;
            if (item.Index != received)
            {
                record.Break($"response {received} came as {item.Index}");
            }
            else if (item.Data.Length != plan.Size || !Payload.Fits(item.Data, record.Id, item.Index))
            {
                record.Break($"the data of response {item.Index} is not what the instance sent");
            }

            received++;
            record.Stage = $"response {received} of {plan.Items} is there";
        }

        record.Instance = CallHeaders.InstanceOf(await headers);
        if (received != plan.Items)
        {
            record.Break($"{received} of {plan.Items} responses came, and yet the call is OK");
        }
    }
}
