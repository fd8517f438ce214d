using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>
/// An instance that the test plays. The router reads on the sender's thread, so a frame has had its effect on the channel when
/// <see cref="Send"/> returns.
/// </summary>
internal sealed class ScriptedInstance : IFrameSink
{
    private readonly Pipe toRouter = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Channel<RouterFrame> frames = System.Threading.Channels.Channel.CreateUnbounded<RouterFrame>();
    private readonly CancellationTokenSource transport = new();
    private readonly Lock gate = new();
    private TaskCompletionSource? stall;
    private Exception? broken;

    /// <summary>The channel as the router sees it; set by <see cref="RegisterAsync"/>.</summary>
    public InstanceChannel Channel { get; private set; } = null!;

    /// <summary>Ends with the status of the registration stream.</summary>
    public Task<Status> Closed { get; private set; } = null!;

    /// <summary>The router's answer to Hello.</summary>
    public Registered Registered { get; private set; } = null!;

    /// <summary>Who it has proved to be when it connects.</summary>
    public PeerIdentity? Identity { get; init; }

    /// <summary>Answers every ping as it comes.</summary>
    public bool AnswersPings { get; init; }

    /// <summary>Hands pings out like other frames.</summary>
    public bool ShowsPings { get; set; }

    public static Hello Hello(string id = "one") => new()
    {
        Versions = { 1 },
        Service = Probe.Service.FullName,
        InstanceId = id,
        Epoch = 1,
        InitialWindow = 65_536,
        MaxFrameSize = 262_144,
    };

    /// <summary>Opens a channel and says nothing.</summary>
    public ScriptedInstance Connect(ServiceRouter router)
    {
        Closed = router.RunChannelAsync(toRouter.Reader, this, new ChannelPeer("ipv4:192.0.2.1:7") { Identity = Identity }, transport.Token);
        return this;
    }

    /// <summary>Opens a channel, says Hello and is answered.</summary>
    public async Task<ScriptedInstance> RegisterAsync(ServiceRouter router, Hello? hello = null)
    {
        hello ??= Hello();
        Connect(router).Send(InstanceFrame.Of(new InstanceControl { Hello = hello }));
        RouterFrame answer = await NextAsync();
        Assert.NotNull(answer.Control?.Registered);
        Registered = answer.Control.Registered;
        Channel = router.Instances.Single(channel => channel.InstanceId == hello.InstanceId && channel.Stripe == hello.Stripe);
        return this;
    }

    public void Send(params InstanceFrame[] sent) => Send([.. sent.SelectMany(static frame => frame.ToBytes())]);

    public void Send(byte[] bytes)
    {
        lock (gate)
        {
            toRouter.Writer.Write(bytes);
            Assert.True(toRouter.Writer.FlushAsync().IsCompleted);
        }
    }

    /// <summary>Ends its half of the stream, or breaks it.</summary>
    public void Hangup(Exception? error = null)
    {
        lock (gate)
        {
            toRouter.Writer.Complete(error);
        }
    }

    /// <summary>The transport is gone, both ways.</summary>
    public void Lose() => transport.Cancel();

    /// <summary>Reads nothing from now on, until <see cref="Resume"/>.</summary>
    public void Stall()
    {
        lock (frames)
        {
            stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Stalls with a write under way: what is written from now on stays at the router until <see cref="Resume"/>.</summary>
    public async Task StallWritingAsync()
    {
        await BarrierAsync();
        Stall();
        long batch = Channel.Output.Batch;
        Send(InstanceFrame.Of(new InstanceControl { Ping = new Ping() }));
        Patience.Until(() => Channel.Output.Batch > batch, "The pong is on its way.");
    }

    public void Resume()
    {
        lock (frames)
        {
            stall?.SetResult();
            stall = null;
        }
    }

    /// <summary>Everything written to it from now on fails.</summary>
    public void BreakReceiving() => Volatile.Write(ref broken, new IOException("The stream is broken."));

    /// <summary>The next frame other than a ping.</summary>
    public Task<RouterFrame> NextAsync() => frames.Reader.ReadAsync().Soon();

    /// <summary>The next frame, or null when the channel has ended.</summary>
    public async Task<RouterFrame?> NextOrEndAsync()
    {
        Task<bool> next = frames.Reader.WaitToReadAsync().AsTask();
        await Task.WhenAny(next, Closed);
        return TryNext();
    }

    /// <summary>Takes a frame that has come, if there is one.</summary>
    public RouterFrame? TryNext() => frames.Reader.TryRead(out RouterFrame? frame) ? frame : null;

    /// <summary>The frames of a whole request, up to the half-close.</summary>
    public async Task<List<RouterFrame>> RequestAsync()
    {
        List<RouterFrame> request = [];
        do
        {
            request.Add(await NextAsync());
        }
        while (!request[^1].HalfClose);
        return request;
    }

    /// <summary>All that still comes until the router has closed its half.</summary>
    public async Task<List<RouterFrame>> RestAsync()
    {
        await Closed.Soon();
        List<RouterFrame> rest = [];
        while (TryNext() is { } frame)
        {
            rest.Add(frame);
        }

        return rest;
    }

    /// <summary>Sends a ping and gives what came before its pong.</summary>
    public async Task<List<RouterFrame>> BarrierAsync()
    {
        const ulong Nonce = 0xBA221E2;
        Send(InstanceFrame.Of(new InstanceControl { Ping = new Ping { Nonce = Nonce } }));
        List<RouterFrame> before = [];
        while (true)
        {
            RouterFrame frame = await NextAsync();
            if (frame.Control?.Pong is { Nonce: Nonce })
            {
                return before;
            }

            before.Add(frame);
        }
    }

    async ValueTask IFrameSink.WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
    {
        Task? wait;
        lock (frames)
        {
            wait = stall?.Task;
        }

        if (wait is not null)
        {
            await wait;
        }

        if (Volatile.Read(ref broken) is { } error)
        {
            throw error;
        }

        foreach (RouterFrame frame in RouterFrame.Parse(control).Concat(RouterFrame.Parse(data)))
        {
            bool ping = frame.Control?.Ping is not null;
            if (ping && AnswersPings)
            {
                Send(InstanceFrame.Pong(frame.Control!.Ping.Nonce));
            }

            if (!ping || ShowsPings)
            {
                Assert.True(frames.Writer.TryWrite(frame));
            }
        }
    }
}
