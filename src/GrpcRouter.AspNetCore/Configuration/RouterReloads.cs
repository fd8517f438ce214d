using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>
/// Takes the configuration anew when its source says that it has changed: all of it is read, what code sets comes over it as at the start, all is checked, and either
/// all of it counts or none.
/// </summary>
internal sealed class RouterReloads : IRouterConfiguration, IHostedService, IDisposable
{
    private readonly Lock gate = new();
    private readonly RouterHub hub;
    private readonly RouterSection section;
    private readonly IConfiguration? configuration;
    private readonly IOptionsFactory<RouterOptions> factory;
    private readonly ILogger<RouterHub> log;
    private readonly TimeProvider time;
    private readonly ChangeSettling settling;
    private readonly BrokenFiles files;
    private RouterConfigurationState state;
    private RouterOptions counted;
    private IDisposable? watch;

    public RouterReloads(
        RouterHub hub, RouterSection section, IOptionsFactory<RouterOptions> factory, ILogger<RouterHub> log, IConfiguration? configuration = null, TimeProvider? time = null)
    {
        this.hub = hub;
        this.section = section;
        this.configuration = configuration;
        this.factory = factory;
        this.log = log;
        this.time = time ?? TimeProvider.System;
        counted = hub.Options;
        state = new RouterConfigurationState(1, OptionHash.Of(counted), this.time.GetUtcNow(), [], Refused: null);
        settling = new ChangeSettling(this.time, () => Reload());
        files = new BrokenFiles(settling.OnChange);
        hub.OptionsChanged += OnChanged;
    }

    public RouterConfigurationState State => Volatile.Read(ref state);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (configuration is not null)
            {
                files.Watch(configuration);
            }

            // The first token is from before the options were first read, so that a change since then is not missed.
            IChangeToken? first = section.FirstRead;
            watch ??= ChangeToken.OnChange(() => Interlocked.Exchange(ref first, null) ?? section.GetReloadToken(), settling.OnChange);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public RouterConfigurationState Reload()
    {
        lock (gate)
        {
            if (configuration is not null)
            {
                files.Watch(configuration);
            }

            string[] errors = [.. files.Errors];
            if (errors.Length == 0 && section.HasVanished)
            {
                // A file that is being replaced, or was lost, must not undo what it says of who may do what.
                errors = [$"{section.Path} has nothing configured any more."];
            }

            RouterOptions? options = errors.Length > 0 ? null : Read(out errors);
            if (options is null || !TryApply(options, out errors))
            {
                Refuse(errors);
            }

            return state;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            watch?.Dispose();
            watch = null;
            settling.Dispose();
            files.Dispose();
            hub.OptionsChanged -= OnChanged;
        }
    }

    private RouterOptions? Read(out string[] errors)
    {
        errors = [];
        try
        {
            return factory.Create(Options.DefaultName);
        }
        catch (OptionsValidationException error)
        {
            errors = [.. error.Failures];
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What the application's own code sets may fail in any way, and the router must go on.
            errors = [$"{section.Path} cannot be read: {error.Message}"];
        }

        return null;
    }

    private bool TryApply(RouterOptions options, out string[] errors)
    {
        errors = [];
        IReadOnlyList<OptionChange> changes = OptionDifference.Find(hub.Options, options, section.Path);
        string[] counting = [.. changes.Where(static change => change.Effect != ReloadEffect.Restart).Select(static change => change.Path)];
        string[] restart = [.. changes.Where(static change => change.Effect == ReloadEffect.Restart).Select(static change => change.Path)];
        if (counting.Length > 0)
        {
            try
            {
                hub.Apply(options, section.Path);
            }
            catch (InvalidOperationException error)
            {
                errors = [error.Message];
                return false;
            }

            string paths = ReloadText.Line(counting, ", ");
            log.ConfigurationChanged(state.Version, state.Hash, paths);
            hub.Audit?.Write(new AuditEntry(AuditEvents.ConfigurationChanged) { Details = Details(("changed", paths)) });
        }

        else
        {
            // The options are the same, and the files that they name may not be.
            hub.Refresh();
        }

        if (restart.Length > 0 && !restart.SequenceEqual(state.NeedsRestart, StringComparer.Ordinal))
        {
            log.ConfigurationNeedsRestart(ReloadText.Line(restart, ", "));
        }

        Update(before => before with { NeedsRestart = restart, Refused = null });
        ReloadMetrics.Count(counting.Length > 0 ? ReloadMetrics.Applied : ReloadMetrics.Unchanged);
        return true;
    }

    private void Refuse(string[] errors)
    {
        string line = ReloadText.Line(errors, " ");
        log.ConfigurationRefused(line);
        hub.Audit?.Write(new AuditEntry(AuditEvents.ConfigurationRefused) { Reason = line, Details = Details() });
        Update(before => before with { Refused = new RefusedConfiguration(time.GetUtcNow(), errors) });
        ReloadMetrics.Count(ReloadMetrics.Refused);
    }

    private Dictionary<string, string> Details(params ReadOnlySpan<(string Key, string Value)> more)
    {
        Dictionary<string, string> details = new(StringComparer.Ordinal)
        {
            ["version"] = state.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["hash"] = state.Hash,
        };
        foreach ((string key, string value) in more)
        {
            details[key] = value;
        }

        return details;
    }

    // Also when the application gives the router other options itself.
    private void OnChanged(RouterOptions options)
    {
        if (ReferenceEquals(Interlocked.Exchange(ref counted, options), options))
        {
            return;
        }

        Update(before => before with { Version = before.Version + 1, Hash = OptionHash.Of(options), ChangedAt = time.GetUtcNow() });
    }

    private void Update(Func<RouterConfigurationState, RouterConfigurationState> change)
    {
        RouterConfigurationState before = State;
        while (true)
        {
            RouterConfigurationState seen = Interlocked.CompareExchange(ref state, change(before), before);
            if (ReferenceEquals(seen, before))
            {
                return;
            }

            before = seen;
        }
    }
}
