using Microsoft.Extensions.Configuration;

namespace GrpcRouter;

/// <summary>Where the router's options stand in the application's configuration.</summary>
internal sealed class RouterSection(IConfiguration section)
{
    /// <summary>The section taken unless the application names another.</summary>
    public const string DefaultName = "GrpcRouter";

    /// <summary>Its path, for errors.</summary>
    public string Path => section is IConfigurationSection { Path.Length: > 0 } named ? named.Path : DefaultName;

    /// <summary>Sets options to what is configured, where that can be read.</summary>
    public void Bind(RouterOptions options)
    {
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException) when (FindErrors().Any())
        {
            // The validator says it, with whatever else is wrong.
        }
    }

    /// <summary>Finds keys that name no option, and values that cannot be read.</summary>
    public IEnumerable<string> FindErrors() => ConfiguredKeys.FindErrors(section, Path, typeof(RouterOptions));
}
