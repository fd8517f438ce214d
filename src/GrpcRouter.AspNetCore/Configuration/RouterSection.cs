using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>Where the router's options stand in the application's configuration.</summary>
internal sealed class RouterSection(IConfiguration section)
{
    /// <summary>The section taken unless the application names another.</summary>
    public const string DefaultName = "GrpcRouter";

    private IChangeToken? firstRead;
    private bool hadValues;

    /// <summary>Its path, for errors.</summary>
    public string Path => section is IConfigurationSection { Path.Length: > 0 } named ? named.Path : DefaultName;

    /// <summary>Fires when the configuration changes after it was first read; null: it was not read yet.</summary>
    public IChangeToken? FirstRead => firstRead;

    /// <summary>There were values when it was read before, and there are none now.</summary>
    public bool HasVanished => hadValues && !section.GetChildren().Any();

    /// <summary>Fires when the configuration changes.</summary>
    public IChangeToken GetReloadToken() => section.GetReloadToken();

    /// <summary>Sets options to what is configured, where that can be read.</summary>
    public void Bind(RouterOptions options)
    {
        firstRead ??= section.GetReloadToken();
        hadValues |= section.GetChildren().Any();
        HashSet<string> wrong = new(FindErrors().Select(static error => error.Path), StringComparer.OrdinalIgnoreCase);
        if (wrong.Count == 0)
        {
            section.Bind(options);
            return;
        }

        // The binder gives up at the first value that it cannot read. The validator says which these are; with all others it says what else is wrong.
        new ConfigurationBuilder()
            .AddInMemoryCollection(section.AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null && !wrong.Contains($"{Path}:{pair.Key}")))
            .Build()
            .Bind(options);
    }

    /// <summary>Finds keys that name no option, and values that cannot be read.</summary>
    public IEnumerable<KeyError> FindErrors() => ConfiguredKeys.FindErrors(section, Path, typeof(RouterOptions));
}
