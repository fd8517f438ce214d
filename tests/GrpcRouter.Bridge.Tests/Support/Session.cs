using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

/// <summary>A bridge that is registered with a scripted router.</summary>
internal sealed class Session : IAsyncDisposable
{
    private Session(ScriptedRouter router, ProbeService service, ServiceBridge bridge, ScriptedChannel channel, Hello hello)
    {
        Router = router;
        Service = service;
        Bridge = bridge;
        Channel = channel;
        Hello = hello;
    }

    public ScriptedRouter Router { get; }

    public ProbeService Service { get; }

    public ServiceBridge Bridge { get; }

    public ScriptedChannel Channel { get; }

    public Hello Hello { get; }

    public static async Task<Session> StartAsync(
        ProbeService? service = null, BridgeOptions? options = null, Action<Registered>? registered = null, bool answersPings = true, bool answersDrains = true,
        bool showsLoad = false)
    {
        service ??= new ProbeService();
        ScriptedRouter router = await ScriptedRouter.StartAsync();
        ProbeBridge bridge = new(service, router.Address, options);
        Task started = bridge.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        channel.AnswersPings = answersPings;
        channel.AnswersDrains = answersDrains;
        channel.ShowsLoad = showsLoad;
        Hello hello = await channel.RegisterAsync(registered);
        await started.WaitAsync(Patience.Limit);
        return new Session(router, service, bridge, channel, hello);
    }

    /// <summary>Sends a whole unary call in one frame.</summary>
    public Task CallEchoAsync(ulong callId, string value, Action<CallStart>? start = null)
    {
        CallStart opening = new() { Method = 20001 };
        start?.Invoke(opening);
        return Channel.SendAsync(new ProbeRouterFrame { CallId = callId, Start = opening, Echo = new Text { Value = value }, HalfClose = true });
    }

    public async ValueTask DisposeAsync()
    {
        await Bridge.DisposeAsync();
        await Router.DisposeAsync();
    }
}
