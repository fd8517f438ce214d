using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcRouter.FunctionalTests;

/// <summary>A configuration that changes while the router runs.</summary>
public sealed class ReloadTests : FunctionalTest
{
    private static readonly AsyncLocal<List<string>?> Results = new();

    private readonly ManualTimeProvider time = new();
    private readonly AuditNotes audit = new();

    [Fact]
    public async Task A_change_counts_for_the_calls_that_begin_after_it()
    {
        ChangingSource source = new(("RouterId", "edge"));
        Rig rig = await StartAsync(source, instances: 1);
        IRouterConfiguration configuration = Configuration(rig);
        RouterConfigurationState before = configuration.State;
        Assert.Equal((1, null), (before.Version, before.Refused));
        await rig.Client.UnaryAsync(new Chunk { Data = Google.Protobuf.ByteString.CopyFrom(new byte[100]) });

        source.Change(("RouterId", "edge"), ("MaxMessageSize", "50"));
        RouterConfigurationState after = configuration.Reload();

        Assert.Equal(2, after.Version);
        Assert.NotEqual(before.Hash, after.Hash);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk { Data = Google.Protobuf.ByteString.CopyFrom(new byte[100]) }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        AuditEntry entry = Assert.Single(audit.Entries, static entry => entry.Event == AuditEvents.ConfigurationChanged);
        Assert.Equal(("GrpcRouter:MaxMessageSize", "2", after.Hash), (entry.Details!["changed"], entry.Details["version"], entry.Details["hash"]));
    }

    [Fact]
    public async Task A_change_that_cannot_work_is_refused_whole_and_said_in_every_way()
    {
        ChangingSource source = new(("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source);
        rig.Logs.Expect("ConfigurationRefused");
        RouterOptions options = rig.Host.Hub.Options;
        List<string> results = [];
        using MeterListener listener = Listen(results);

        source.Change(("MaxMessageSize", "50"), ("CallWindow", "1"), ("Services:functional.Probe:Retrys:MaxAttempts", "2"), ("Defaults:Timeout", "soon\nand later"));
        RouterConfigurationState state = Configuration(rig).Reload();

        string[] errors =
        [
            "GrpcRouter:CallWindow must be 16,384 or more; it is 1.",
            "GrpcRouter:Defaults:Timeout must be a time such as 00:00:10; it is 'soon\nand later'.",
            "GrpcRouter:Services:functional.Probe:Retrys is no option; did you mean Retry?",
        ];
        Assert.Same(options, rig.Host.Hub.Options);
        Assert.Equal(1, state.Version);
        Assert.Equal(errors, state.Refused!.Errors.Order(StringComparer.Ordinal));
        string line = Assert.Single(rig.Logs.Texts("ConfigurationRefused"));
        Assert.All(errors, error => Assert.Contains(error.Replace('\n', '_'), line, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', line);
        Assert.Equal(AuditEvents.ConfigurationRefused, Assert.Single(audit.Entries).Event);
        Assert.Equal(["refused"], results);
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(rig));

        source.Change(("MaxMessageSize", "50"));
        Assert.Null(Configuration(rig).Reload().Refused);
        Assert.Equal(50, rig.Host.Hub.Options.MaxMessageSize);
        Assert.Equal(["refused", "applied"], results);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(rig));
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_no_new_version()
    {
        ChangingSource source = new(("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source);
        RouterOptions options = rig.Host.Hub.Options;
        List<string> results = [];
        List<RouterOptions> told = [];
        rig.Host.Hub.OptionsChanged += told.Add;
        using MeterListener listener = Listen(results);

        source.Change(("MaxMessageSize", "01000"));

        Assert.Equal(1, Configuration(rig).Reload().Version);
        Assert.Same(options, rig.Host.Hub.Options);
        Assert.Equal(["unchanged"], results);

        // Files that options name are read again.
        Assert.Same(options, Assert.Single(told));
        Assert.Empty(audit.Entries);
    }

    [Fact]
    public async Task What_code_sets_wins_after_a_reload()
    {
        ChangingSource source = new(("MaxMetadataSize", "1000"), ("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source, router: static options => options.MaxMetadataSize = 2000);

        source.Change(("MaxMetadataSize", "3000"), ("MaxMessageSize", "3000"));
        Configuration(rig).Reload();

        Assert.Equal((2000, 3000), (rig.Host.Hub.Options.MaxMetadataSize, rig.Host.Hub.Options.MaxMessageSize));
    }

    [Fact]
    public async Task What_needs_a_restart_keeps_its_value_and_the_rest_counts()
    {
        ChangingSource source = new(("RouterId", "edge-1"));
        Rig rig = await StartAsync(source);
        rig.Logs.Expect("ConfigurationNeedsRestart");

        source.Change(("RouterId", "edge-2"), ("Audit:MaxFileSize", "100000"), ("MaxMessageSize", "50"));
        RouterConfigurationState state = Configuration(rig).Reload();

        Assert.Equal(["GrpcRouter:RouterId", "GrpcRouter:Audit:MaxFileSize"], state.NeedsRestart);
        Assert.Equal(("edge-1", 50, 64 * 1024 * 1024), (rig.Host.Hub.Options.RouterId, rig.Host.Hub.Options.MaxMessageSize, rig.Host.Hub.Options.Audit.MaxFileSize));
        Assert.Contains("GrpcRouter:RouterId, GrpcRouter:Audit:MaxFileSize", Assert.Single(rig.Logs.Texts("ConfigurationNeedsRestart")), StringComparison.Ordinal);

        // Said once, for as long as it is so.
        source.Change(("RouterId", "edge-2"), ("Audit:MaxFileSize", "100000"), ("MaxMessageSize", "60"));
        Assert.Equal(2, Configuration(rig).Reload().NeedsRestart.Count);
        Assert.Single(rig.Logs.Texts("ConfigurationNeedsRestart"));
        source.Change(("RouterId", "edge-1"), ("MaxMessageSize", "60"));
        Assert.Empty(Configuration(rig).Reload().NeedsRestart);
    }

    [Fact]
    public async Task A_section_that_has_vanished_is_refused()
    {
        ChangingSource source = new(("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source);
        rig.Logs.Expect("ConfigurationRefused");

        source.Change();

        Assert.Equal(["GrpcRouter has nothing configured any more."], Configuration(rig).Reload().Refused!.Errors);
        Assert.Equal(1000, rig.Host.Hub.Options.MaxMessageSize);
    }

    [Fact]
    public async Task Code_of_the_application_that_fails_is_a_refusal()
    {
        bool fails = false;
        ChangingSource source = new(("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source, router: options => options.MaxMetadataSize = fails ? throw new FormatException("No such thing.") : 1000);
        rig.Logs.Expect("ConfigurationRefused");

        fails = true;
        source.Change(("MaxMessageSize", "50"));

        Assert.Equal(["GrpcRouter cannot be read: No such thing."], Configuration(rig).Reload().Refused!.Errors);
        Assert.Equal(1000, rig.Host.Hub.Options.MaxMessageSize);
    }

    [Fact]
    public async Task Changes_that_come_together_are_one()
    {
        ChangingSource source = new(("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source);
        for (int i = 1; i <= 5; i++)
        {
            source.Change(("MaxMessageSize", $"{1000 + i}"));
            time.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal((1, 1000), (Configuration(rig).State.Version, rig.Host.Hub.Options.MaxMessageSize));
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal((2, 1005), (Configuration(rig).State.Version, rig.Host.Hub.Options.MaxMessageSize));
    }

    [Fact]
    public async Task Changes_that_do_not_end_count_after_two_seconds()
    {
        ChangingSource source = new(("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source);
        for (int i = 0; i <= 20; i++)
        {
            source.Change(("MaxMessageSize", $"{1001 + i}"));
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(2, Configuration(rig).State.Version);
    }

    [Fact]
    public async Task A_change_between_the_reading_of_the_options_and_the_start_is_not_missed()
    {
        ChangingSource source = new(("MaxMessageSize", "1000"));
        Rig rig = await StartAsync(source, application: _ => source.Change(("MaxMessageSize", "50")));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(50, rig.Host.Hub.Options.MaxMessageSize);
    }

    [Fact]
    public async Task A_file_that_changes_is_taken_and_one_that_is_broken_is_not()
    {
        using TemporaryFile file = new("""{ "GrpcRouter": { "MaxMessageSize": 1000 } }""");
        ChangingSource other = new(("MaxMetadataSize", "1000"));
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Builder = builder =>
            {
                builder.Configuration.AddJsonFile(file.Path, optional: false, reloadOnChange: true);
                ((IConfigurationBuilder)builder.Configuration).Add(other);
            },
        });
        IRouterConfiguration configuration = Configuration(rig);

        file.Write("""{ "GrpcRouter": { "MaxMessageSize": 50 } }""");
        await Until.TrueAsync(() => rig.Host.Hub.Options.MaxMessageSize == 50, "The file did not count.");

        rig.Logs.Expect("ConfigurationRefused");
        file.Write("""{ "GrpcRouter": { "MaxMessageSize": """);
        await Until.TrueAsync(() => configuration.State.Refused is not null, "The broken file was not refused.");
        Assert.StartsWith($"{System.IO.Path.GetFileName(file.Path)} cannot be read: ", Assert.Single(configuration.State.Refused!.Errors), StringComparison.Ordinal);

        // Its provider has no values now. What another one says must not count without them.
        other.Change(("MaxMetadataSize", "2000"));
        configuration.Reload();
        Assert.Equal((50, 1000), (rig.Host.Hub.Options.MaxMessageSize, rig.Host.Hub.Options.MaxMetadataSize));

        file.Write("""{ "GrpcRouter": { "MaxMessageSize": 60 } }""");
        await Until.TrueAsync(() => rig.Host.Hub.Options is { MaxMessageSize: 60, MaxMetadataSize: 2000 }, "The mended file did not count.");
        await Until.TrueAsync(() => configuration.State.Refused is null, "The refusal is still there.");
    }

    private Task<Rig> StartAsync(
        ChangingSource source, int instances = 0, Action<RouterOptions>? router = null, Action<Microsoft.AspNetCore.Builder.WebApplication>? application = null) => StartAsync(new RigOptions
    {
        Instances = instances,
        Time = time,
        Router = options =>
        {
            options.KeepAliveInterval = TimeSpan.FromDays(1);
            router?.Invoke(options);
        },
        Application = application,
        Builder = builder =>
        {
            builder.Services.AddHealthChecks().AddGrpcRouter();
            builder.Services.AddSingleton<IAuditLog>(audit);
            ((IConfigurationBuilder)builder.Configuration).Add(source);
        },
    });

    private static IRouterConfiguration Configuration(Rig rig) => rig.Host.Services.GetRequiredService<IRouterConfiguration>();

    private static async Task<HealthStatus> HealthAsync(Rig rig)
    {
        HealthReport report = await rig.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Name == "grpcrouter-configuration");
        return report.Status;
    }

    // Other tests reload at the same time, and count with the same instrument.
    private static MeterListener Listen(List<string> results)
    {
        Results.Value = results;
        MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "grpcrouter.config.reloads")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (Results.Value == results)
            {
                Assert.Equal(1, count);
                results.Add((string)tags[0].Value!);
            }
        });
        listener.Start();
        return listener;
    }
}
