using System.Diagnostics.Metrics;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using GrpcRouter.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter.FunctionalTests;

public sealed class RateLimitTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Fact]
    public async Task A_call_over_its_limit_says_when_to_come_back_in_details_and_trailers()
    {
        Rig rig = await StartAsync(Limited(new RateLimitOptions { Name = "few", Permits = 1, Period = TimeSpan.FromHours(1) }));
        Assert.Equal("0", (await rig.Raw.CallAsync(Unary, RawClient.Message([]))).Status);

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([]));

        Assert.Equal(("8", RouterReasons.RateLimited), (response.Status, response.RouterReason));
        Assert.True(response.IsTrailersOnly);
        long pushback = long.Parse(Assert.Single(response.Headers["grpc-retry-pushback-ms"]), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(pushback, 1, 3_600_000);

        RpcException failure = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));
        Tests.Rpc.Status details = Tests.Rpc.Status.Parser.ParseFrom(failure.Trailers.GetValueBytes("grpc-status-details-bin"));
        Tests.Rpc.ErrorInfo info = details.Details[0].Unpack<Tests.Rpc.ErrorInfo>();
        Tests.Rpc.RetryInfo retry = details.Details[1].Unpack<Tests.Rpc.RetryInfo>();
        Assert.InRange(retry.RetryDelay.ToTimeSpan(), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(pushback));
        Assert.Equal((RouterReasons.RateLimited, RouterStatus.Domain), (info.Reason, info.Domain));
        Assert.Equal("few", info.Metadata["rule"]);
        Assert.DoesNotContain("127.0.0.1", details.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_retries_of_its_own_comes_back_when_it_was_told_to()
    {
        Rig rig = await StartAsync(Limited(new RateLimitOptions { Name = "few", Permits = 1, Period = TimeSpan.FromMilliseconds(300) }));
        using GrpcChannel channel = rig.Host.CreateChannel(new GrpcChannelOptions
        {
            ServiceConfig = new ServiceConfig
            {
                MethodConfigs =
                {
                    new MethodConfig
                    {
                        Names = { MethodName.Default },
                        RetryPolicy = new RetryPolicy
                        {
                            // Without pushback the retry would come too late for the test's patience.
                            MaxAttempts = 5, InitialBackoff = TimeSpan.FromHours(1), MaxBackoff = TimeSpan.FromHours(1), BackoffMultiplier = 1, RetryableStatusCodes = { StatusCode.ResourceExhausted },
                        },
                    },
                },
            },
        });
        Probe.ProbeClient client = new(channel);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("call", (await client.UnaryAsync(new Chunk { Text = "call" }).ResponseAsync.Soon("The call did not come back.")).Text);
        }

        Assert.True(rig.Host.Hub.Limits.RateLimits.Single().Refused > 0);
    }

    [Fact]
    public async Task Forwarded_addresses_count_only_where_the_application_takes_them_over()
    {
        RateLimitOptions rule = new() { Name = "few", Partition = RateLimitPartition.Ip, Permits = 1, Period = TimeSpan.FromHours(1) };
        Rig plain = await StartAsync(Limited(rule));
        Assert.Equal("0", await StatusAsync(plain, "192.0.2.1"));
        Assert.Equal("8", await StatusAsync(plain, "192.0.2.2"));

        Rig behindProxy = await StartAsync(new RigOptions
        {
            Router = options => options.RateLimits.Add(rule),
            Builder = static builder => builder.Services.Configure<ForwardedHeadersOptions>(static options => options.ForwardedHeaders = ForwardedHeaders.XForwardedFor),
            Application = static app => app.UseForwardedHeaders(),
        });
        Assert.Equal("0", await StatusAsync(behindProxy, "192.0.2.1"));
        Assert.Equal("0", await StatusAsync(behindProxy, "192.0.2.2"));
        Assert.Equal("8", await StatusAsync(behindProxy, "192.0.2.1"));
    }

    [Fact]
    public async Task One_client_far_over_its_limit_does_not_disturb_another()
    {
        RateLimitOptions rule = new() { Name = "few", Partition = RateLimitPartition.Ip, Permits = 10, PermitsPerPeriod = 1, Period = TimeSpan.FromHours(1) };
        Rig rig = await StartAsync(Limited(rule));
        using RawClient greedy = new(rig.Address, IPAddress.Parse("127.0.0.2"));
        Task<int> flood = Task.Run(async () =>
        {
            RawResponse[] all = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => greedy.CallAsync(Unary, RawClient.Message([]))));
            return all.Count(static response => response.Status == "8");
        });

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("0", (await rig.Raw.CallAsync(Unary, RawClient.Message([]))).Status);
        }

        Assert.Equal(490, await flood.Soon("The flood did not end."));
    }

    [Fact]
    public async Task Refusals_are_counted_by_rule_for_whoever_listens()
    {
        Rig rig = await StartAsync(Limited(new RateLimitOptions { Name = "metered", Permits = 1, Period = TimeSpan.FromHours(1) }));
        List<(long Count, string? Partition)> seen = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, all) =>
        {
            if (instrument is { Meter.Name: "GrpcRouter", Name: "grpcrouter.rate_limit.refusals" })
            {
                all.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            Dictionary<string, object?> labels = new(tags.ToArray());
            if (labels["rule"] is "metered")
            {
                lock (seen)
                {
                    seen.Add((count, labels["partition"] as string));
                }
            }
        });
        listener.Start();
        for (int i = 0; i < 4; i++)
        {
            await rig.Raw.CallAsync(Unary, RawClient.Message([]));
        }

        Assert.Equal([(1L, "client"), (1L, "client"), (1L, "client")], seen);
    }

    private static RigOptions Limited(RateLimitOptions rule) => new() { Router = options => options.RateLimits.Add(rule) };

    private static async Task<string?> StatusAsync(Rig rig, string forwardedFor) =>
        (await rig.Raw.CallAsync(Unary, RawClient.Message([]), ("x-forwarded-for", forwardedFor))).Status;
}
