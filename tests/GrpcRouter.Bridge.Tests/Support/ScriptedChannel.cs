using System.Buffers.Binary;
using System.Threading.Channels;
using Google.Protobuf;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter.Bridge.Tests;

/// <summary>The router's end of one registration stream. It reads with the generated classes, which are the contract of the protocol.</summary>
internal sealed class ScriptedChannel(HttpContext context) : IAsyncDisposable
{
    private readonly Channel<ProbeInstanceFrame> received = Channel.CreateUnbounded<ProbeInstanceFrame>();
    private readonly SemaphoreSlim writing = new(1);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Pings of the instance are answered and not given to the test.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Drains of the instance are acknowledged and not given to the test.</summary>
    public bool AnswersDrains { get; set; } = true;

    /// <summary>Load reports are given to the test like other frames.</summary>
    public bool ShowsLoad { get; set; }

    public HttpRequest Request => context.Request;

    /// <summary>Completes when the instance has half-closed or dropped the stream.</summary>
    public Task Closed => closed.Task;

    public async Task RunAsync()
    {
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.StartAsync();
        Task reading = ReadAsync();
        await Task.WhenAny(ended.Task, reading);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }

    /// <summary>Ends the stream from the router's side.</summary>
    public void End() => ended.TrySetResult();

    /// <summary>Cuts the stream as a lost connection does.</summary>
    public void Abort() => context.Abort();

    /// <summary>Takes the Hello and accepts the registration.</summary>
    public async Task<Hello> RegisterAsync(Action<Registered>? adjust = null)
    {
        ProbeInstanceFrame frame = await ReceiveAsync();
        Assert.Equal(InstanceControl.KindOneofCase.Hello, frame.Control?.KindCase);
        Registered answer = new()
        {
            Version = 1,
            RouterId = "scripted",
            InitialWindow = 65_536,
            MaxFrameSize = 131_072,
            MaxMetadataSize = 16_384,
            MaxMessageSize = 64 * 1024 * 1024,
        };
        adjust?.Invoke(answer);
        await SendAsync(new ProbeRouterFrame { Control = new RouterControl { Registered = answer } });
        return frame.Control!.Hello;
    }

    public async Task SendAsync(ProbeRouterFrame frame)
    {
        byte[] body = frame.ToByteArray();
        byte[] message = new byte[body.Length + 5];
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(1), (uint)body.Length);
        body.CopyTo(message, 5);
        await SendRawAsync(message);
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        await writing.WaitAsync();
        try
        {
            await context.Response.Body.WriteAsync(bytes);
            await context.Response.Body.FlushAsync();
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Gives the next frame of the instance.</summary>
    public async Task<ProbeInstanceFrame> ReceiveAsync() => await received.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    /// <summary>Gives the load report that is next.</summary>
    public async Task<LoadReport> ReceiveLoadAsync()
    {
        ProbeInstanceFrame frame = await ReceiveAsync();
        Assert.Equal(InstanceControl.KindOneofCase.LoadReport, frame.Control?.KindCase);
        return frame.Control!.LoadReport;
    }

    /// <summary>Gives frames of a call until its end, which is the last.</summary>
    public async Task<List<ProbeInstanceFrame>> ReceiveCallAsync(ulong callId)
    {
        List<ProbeInstanceFrame> frames = [];
        do
        {
            ProbeInstanceFrame frame = await ReceiveAsync();
            if (frame.CallId == callId)
            {
                frames.Add(frame);
            }
        }
        while (frames.Count == 0 || frames[^1].End is null);

        return frames;
    }

    /// <summary>Gives the end of a call.</summary>
    public async Task<CallEnd> ReceiveEndAsync(ulong callId) => (await ReceiveCallAsync(callId))[^1].End;

    /// <summary>Waits until the instance has read everything sent so far, and gives the frames that came meanwhile.</summary>
    public async Task<List<ProbeInstanceFrame>> SettleAsync()
    {
        ulong nonce = (ulong)Random.Shared.NextInt64();
        await SendAsync(new ProbeRouterFrame { Control = new RouterControl { Ping = new Ping { Nonce = nonce } } });
        List<ProbeInstanceFrame> frames = [];
        while (await ReceiveAsync() is { } frame && frame.Control?.Pong?.Nonce != nonce)
        {
            frames.Add(frame);
        }

        return frames;
    }

    public ValueTask DisposeAsync()
    {
        closed.TrySetResult();
        received.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync()
    {
        try
        {
            byte[] prefix = new byte[5];
            while (await context.Request.Body.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false) == 5)
            {
                byte[] body = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1))];
                await context.Request.Body.ReadExactlyAsync(body);
                await OnFrameAsync(ProbeInstanceFrame.Parser.ParseFrom(body));
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The instance dropped the stream; the test sees it by Closed.
        }
        finally
        {
            closed.TrySetResult();
            received.Writer.TryComplete();
        }
    }

    private async Task OnFrameAsync(ProbeInstanceFrame frame)
    {
        if (AnswersPings && frame.Control?.Ping is { } ping)
        {
            await SendAsync(new ProbeRouterFrame { Control = new RouterControl { Pong = new Pong { Nonce = ping.Nonce } } });
            return;
        }

        if (!ShowsLoad && frame.Control?.LoadReport is not null)
        {
            return;
        }

        if (AnswersDrains && frame.Control?.Drain is not null)
        {
            await SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
            return;
        }

        await received.Writer.WriteAsync(frame);
    }
}
