using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcRouter.Bridge.Tests.Protos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GrpcRouter.Bridge.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task A_host_registers_and_serves_each_call_from_a_scope_of_its_own()
    {
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddScoped<Ticket>();
        builder.Services.AddSingleton<Counter>();
        builder.Services.AddScoped<TicketInterceptor>();
        builder.Services.AddGrpcRouterBridge(options =>
        {
            options.Routers.Add(router.Address);
            options.Interceptors.Add<TicketInterceptor>();
        }).AddService<Probe.ProbeBase, TicketService>(ProbeBridge.Binding);
        using IHost host = builder.Build();
        await host.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.RegisterAsync();
        for (ulong id = 1; id <= 2; id++)
        {
            await channel.SendAsync(new ProbeRouterFrame { CallId = id, Start = new(), Echo = new Text(), HalfClose = true });
            Assert.Equal($"service {id}, interceptor {id}", (await channel.ReceiveAsync()).Echo.Value);
        }

        await host.StopAsync();
        await channel.Closed.WaitAsync(Patience.Limit);
        Counter counter = host.Services.GetRequiredService<Counter>();
        Assert.Equal(2, counter.Tickets);
        Assert.Equal(2, counter.DisposedTickets);
        Assert.Equal(2, counter.DisposedServices);
    }

    [Fact]
    public async Task A_registered_service_is_resolved_rather_than_made()
    {
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        ProbeService service = new() { OnEcho = static (_, _) => Task.FromResult(new Text { Value = "the registered one" }) };
        builder.Services.AddSingleton(service);
        builder.Services.AddGrpcRouterBridge(options => options.Routers.Add(router.Address))
            .AddService<Probe.ProbeBase, ProbeService>(ProbeBridge.Binding);
        using IHost host = builder.Build();
        await host.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.RegisterAsync();
        await channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new(), Echo = new Text(), HalfClose = true });
        Assert.Equal("the registered one", (await channel.ReceiveAsync()).Echo.Value);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_host_starts_and_stops_without_its_router()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddGrpcRouterBridge(static options => options.Routers.Add("http://127.0.0.1:1"))
            .AddService<Probe.ProbeBase, ProbeService>(ProbeBridge.Binding);
        using IHost host = builder.Build();
        await host.StartAsync().WaitAsync(Patience.Limit);
        await host.StopAsync().WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Settings_that_cannot_work_stop_the_host_with_all_reasons()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddGrpcRouterBridge(static options =>
        {
            options.Routers.Add("localhost:5000");
            options.Stripes = 0;
        }).AddService<Probe.ProbeBase, ProbeService>(ProbeBridge.Binding);
        using IHost host = builder.Build();
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal(2, error.Failures.Count());
    }

    internal sealed class Counter
    {
        public int Tickets { get; set; }

        public int DisposedTickets { get; set; }

        public int DisposedServices { get; set; }
    }

    internal sealed class Ticket(Counter counter) : IDisposable
    {
        public int Number { get; } = ++counter.Tickets;

        public void Dispose() => counter.DisposedTickets++;
    }

    internal sealed class TicketService(Ticket ticket, Counter counter) : Probe.ProbeBase, IDisposable
    {
        public override Task<Text> Echo(Text request, ServerCallContext context) =>
            Task.FromResult(new Text { Value = $"service {ticket.Number}, interceptor {context.UserState["ticket"]}" });

        public void Dispose() => counter.DisposedServices++;
    }

    internal sealed class TicketInterceptor(Ticket ticket) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            context.UserState["ticket"] = ticket.Number;
            return continuation(request, context);
        }
    }
}
