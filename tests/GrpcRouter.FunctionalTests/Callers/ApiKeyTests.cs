using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.FunctionalTests;

public sealed class ApiKeyTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";
    private static readonly byte[] Request = RawClient.Message([]);
    private readonly ApiKey old = ApiKey.Create();
    private readonly ApiKey fresh = ApiKey.Create();

    [Theory]
    [InlineData("authorization", "Bearer ")]
    [InlineData("authorization", "bearer  ")]
    [InlineData("x-api-key", "")]
    public async Task A_key_says_who_calls_and_does_not_reach_the_instance(string header, string before)
    {
        Rig rig = await StartAsync(With(key => key.Tenant = "acme"));
        ServerCallContext? seen = null;
        rig.Service.OnUnary = (request, context) =>
        {
            seen = context;
            return Task.FromResult(request);
        };

        await rig.Client.UnaryAsync(new Chunk(), new Metadata { { header, before + old.Token }, { "x-other", "kept" } });

        Assert.NotNull(seen);
        Assert.Equal((new CallerIdentity("api-key", "billing"), "acme"), (seen.GetCaller(), seen.GetTenant()));
        Assert.Equal("kept", seen.RequestHeaders.GetValue("x-other"));
        Assert.DoesNotContain(seen.RequestHeaders, entry => entry.Key == header || entry.Value.Contains(ApiKey.Prefix, StringComparison.Ordinal));
        Assert.True(seen.AuthContext.IsPeerAuthenticated);
        Assert.Equal("billing", Assert.Single(seen.AuthContext.PeerIdentity).Value);
    }

    [Fact]
    public async Task Two_keys_in_a_call_are_refused()
    {
        Rig rig = await StartAsync(With());
        Assert.Equal("16", (await rig.Raw.CallAsync(Unary, Request, KeyRing.Bearer(old), ("x-api-key", fresh.Token))).Status);
        Assert.Equal("16", (await rig.Raw.CallAsync(Unary, Request, KeyRing.Bearer(old), KeyRing.Bearer(old))).Status);
        Assert.Equal(0, rig.Service.Started);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tokens_that_are_not_the_routers_pass_unchanged_unless_they_are_not_to(bool forward)
    {
        Rig rig = await StartAsync(With(router: options => options.Callers.ForwardAuthorization = forward));
        for (int i = 0; i < 2; i++)
        {
            Metadata? seen = null;
            rig.Service.OnUnary = (request, context) =>
            {
                seen = context.RequestHeaders;
                return Task.FromResult(request);
            };
            await rig.Client.UnaryAsync(new Chunk(), new Metadata { { "authorization", "Bearer eyJhbGciOi.x.y" }, { "x-api-key", "sk-others" } });
            Assert.Equal(forward ? "Bearer eyJhbGciOi.x.y" : null, seen!.GetValue("authorization"));
            Assert.Equal("sk-others", seen.GetValue("x-api-key"));
            await rig.Client.UnaryAsync(new Chunk(), new Metadata { { "authorization", "Bearer eyJhbGciOi.x.y" } });
            Assert.Equal(forward ? "Bearer eyJhbGciOi.x.y" : null, seen.GetValue("authorization"));
        }
    }

    [Fact]
    public async Task In_a_rotation_both_secrets_are_good_and_counts_say_when_the_old_one_is_not_used_any_more()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(With(time: time));
        IApiKeyUsage usage = rig.Host.Services.GetRequiredService<IApiKeyUsage>();
        Assert.Equal([new ApiKeyUse("billing", old.Id, 0, 0, null), new ApiKeyUse("billing", fresh.Id, 0, 0, null)], usage.Uses);

        await CallAsync(rig, old);
        await CallAsync(rig, old);
        DateTimeOffset lastOfOld = usage.Uses[0].LastUsed!.Value;
        time.Advance(TimeSpan.FromHours(1));
        await CallAsync(rig, fresh);
        Assert.Equal([2, 1], usage.Uses.Select(static use => use.Calls));
        Assert.Equal(lastOfOld, usage.Uses[0].LastUsed);
        Assert.Equal(lastOfOld + TimeSpan.FromHours(1), usage.Uses[1].LastUsed);

        // The old one goes; what was counted of the new one stays.
        rig.Host.Hub.Apply(KeyRing.Add(new RouterOptions(), configure: null, fresh));
        Assert.Equal(new ApiKeyUse("billing", fresh.Id, 1, 0, usage.Uses[0].LastUsed), Assert.Single(usage.Uses));
        await CallAsync(rig, fresh);
        Assert.Equal("16", (await rig.Raw.CallAsync(Unary, Request, KeyRing.Bearer(old))).Status);
        Assert.Equal(2, usage.Uses[0].Calls);
    }

    [Fact]
    public async Task A_key_is_good_within_its_time_and_while_it_is_not_disabled()
    {
        ManualTimeProvider time = new();
        DateTimeOffset now = time.GetUtcNow();
        Rig rig = await StartAsync(With(
            key =>
            {
                key.NotBefore = now + TimeSpan.FromMinutes(1);
                key.Expires = now + TimeSpan.FromMinutes(3);
            },
            time: time));
        await RefusedAsync("The API key is not valid yet.");
        time.Advance(TimeSpan.FromMinutes(2));
        await CallAsync(rig, old);
        rig.Host.Hub.Apply(KeyRing.Add(new RouterOptions(), static key => key.Disabled = true, old));
        await RefusedAsync("The API key is disabled.");
        rig.Host.Hub.Apply(KeyRing.Add(new RouterOptions(), key => key.Expires = now + TimeSpan.FromMinutes(3), old));
        await CallAsync(rig, old);
        time.Advance(TimeSpan.FromMinutes(1));
        await RefusedAsync("The API key has expired.");
        ApiKeyUse use = Assert.Single(rig.Host.Services.GetRequiredService<IApiKeyUsage>().Uses);
        Assert.Equal((2, 3), (use.Calls, use.Refused));

        async Task RefusedAsync(string message)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(rig, old));
            Assert.Equal((StatusCode.Unauthenticated, message, RouterReasons.Unauthenticated), (error.StatusCode, error.Status.Detail, Reasons.Of(error)));
        }
    }

    [Fact]
    public async Task Only_the_whole_secret_is_good_and_nothing_says_how_much_of_it_was_right()
    {
        Rig rig = await StartAsync(With());
        string token = old.Token;
        string[] wrong =
        [
            ApiKey.Create().Token, token[..^1], token + "A", token[..^1] + (token[^1] == 'A' ? 'B' : 'A'), token[..4] + fresh.Id + token[20..], token[..21], "grk_", "grk_x",
            "grk_" + new string('x', 60),
        ];
        HashSet<string> answers = [];
        foreach (string guess in wrong)
        {
            RawResponse response = await rig.Raw.CallAsync(Unary, Request, ("x-api-key", guess));
            Assert.Equal("16", response.Status);
            answers.Add($"{response.Message} {response.RouterReason}");
        }

        Assert.Single(answers);
        Assert.Equal(0, rig.Service.Started);
        Assert.All(rig.Host.Services.GetRequiredService<IApiKeyUsage>().Uses, static use => Assert.Equal((0, 0), (use.Calls, use.Refused)));
    }

    [Fact]
    public async Task A_policy_can_ask_for_a_key_and_for_its_labels()
    {
        Rig rig = await StartAsync(With(
            static key => key.Labels["tier"] = "gold",
            builder: static builder => builder.Services.AddAuthorizationBuilder()
                .AddPolicy("gold", static policy => policy.AddAuthenticationSchemes(ApiKeyDefaults.AuthenticationScheme).RequireClaim("tier", "gold"))
                .AddPolicy("platinum", static policy => policy.AddAuthenticationSchemes(ApiKeyDefaults.AuthenticationScheme).RequireClaim("tier", "platinum")),
            conventions: static router =>
            {
                router.Method("Unary").RequireAuthorization("gold");
                router.Method("Download").RequireAuthorization("platinum");
            }));

        RawResponse nobody = await rig.Raw.CallAsync(Unary, Request);
        Assert.Equal(("16", "Bearer"), (nobody.Status, nobody.Headers["www-authenticate"].Single()));
        Assert.Equal("16", (await rig.Raw.CallAsync(Unary, Request, ("x-api-key", ApiKey.Create().Token))).Status);
        await CallAsync(rig, old);
        Assert.Equal("7", (await rig.Raw.CallAsync("/functional.Probe/Download", Request, KeyRing.Bearer(old))).Status);

        // Each call once, though authentication and the door both look at the key.
        Assert.Equal(2, rig.Host.Services.GetRequiredService<IApiKeyUsage>().Uses[0].Calls);
    }

    [Fact]
    public async Task A_policy_of_the_options_sees_the_key_without_a_scheme()
    {
        Rig rig = await StartAsync(With(
            static key => key.Labels["tier"] = "gold",
            options => options.Service("functional.Probe").AuthorizationPolicy = "gold",
            builder: static builder => builder.Services.AddAuthorizationBuilder().AddPolicy("gold", static policy => policy.RequireClaim("tier", "gold")),
            scheme: false));
        Assert.Equal("16", (await rig.Raw.CallAsync(Unary, Request)).Status);
        await CallAsync(rig, old);
        Assert.Equal(1, rig.Host.Services.GetRequiredService<IApiKeyUsage>().Uses[0].Calls);
    }

    [Fact]
    public async Task Keys_are_counted_in_the_metrics_by_names_that_are_configured()
    {
        using MeterListener listener = new();
        List<string> counted = [];
        listener.InstrumentPublished = static (instrument, listening) =>
        {
            if (instrument.Name == "grpcrouter.api_key.calls")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (counted)
            {
                counted.Add($"{count} {string.Join(' ', tags.ToArray().Select(static tag => tag.Value))}");
            }
        });
        listener.Start();
        Rig rig = await StartAsync(With());
        await CallAsync(rig, old);
        await rig.Raw.CallAsync(Unary, Request, ("x-api-key", ApiKey.Create().Token));
        lock (counted)
        {
            Assert.Contains($"1 billing {old.Id} good", counted);
            Assert.Contains("1   unknown", counted);
        }
    }

    [Fact]
    public async Task Nothing_of_a_secret_is_logged()
    {
        Everything logged = new();
        Rig rig = await StartAsync(With(
            static key => key.Disabled = true,
            builder: builder => builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logged)));
        await rig.Raw.CallAsync(Unary, Request, KeyRing.Bearer(old));
        await rig.Raw.CallAsync(Unary, Request, ("x-api-key", ApiKey.Create().Token));
        await rig.Raw.CallAsync("/nothing/There", Request, KeyRing.Bearer(old));
        Assert.Contains("functional.Probe", logged.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiKey.Prefix, logged.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(old.Hash.Split(':')[2], logged.Text, StringComparison.Ordinal);
    }

    private static async Task CallAsync(Rig rig, ApiKey key) => await rig.Client.UnaryAsync(new Chunk(), new Metadata { { "authorization", $"Bearer {key.Token}" } });

    private RigOptions With(
        Action<ApiKeyOptions>? key = null,
        Action<RouterOptions>? router = null,
        TimeProvider? time = null,
        Action<WebApplicationBuilder>? builder = null,
        Action<GrpcRouterEndpointConventionBuilder>? conventions = null,
        bool scheme = true) => new()
        {
            Time = time,
            Router = options =>
            {
                KeyRing.Add(options, key, old, fresh);
                options.Tenants.Source = TenantSource.Caller;
                router?.Invoke(options);
            },
            Builder = application =>
            {
                if (scheme && builder is not null)
                {
                    application.Services.AddGrpcRouter().AddApiKeys();
                }

                builder?.Invoke(application);
            },
            Conventions = conventions,
        };

    private sealed class Everything : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> lines = new();

        public string Text => string.Join('\n', lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {state} {exception}");

        public void Dispose()
        {
        }
    }
}
