using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>
/// Files of the configuration that could not be read when they had changed. Their provider then has no values at all, and says nothing: without this the router would take
/// the next change of another source for a configuration without all that the file says, limits and rules among it.
/// </summary>
internal sealed class BrokenFiles(Action onChange) : IDisposable
{
    private readonly ConcurrentDictionary<FileConfigurationProvider, string> broken = new();
    private readonly Dictionary<FileConfigurationProvider, IDisposable> watched = [];

    /// <summary>A sentence for each.</summary>
    public IEnumerable<string> Errors => broken.Values;

    /// <summary>Looks after the files of a configuration, those that have come since it last did among them.</summary>
    public void Watch(IConfiguration configuration)
    {
        if (configuration is not IConfigurationRoot root)
        {
            return;
        }

        foreach (FileConfigurationProvider provider in root.Providers.OfType<FileConfigurationProvider>().Where(provider => !watched.ContainsKey(provider)))
        {
            Action<FileLoadExceptionContext>? others = provider.Source.OnLoadException;
            provider.Source.OnLoadException = context =>
            {
                others?.Invoke(context);

                // Where the application says that a broken file counts as empty, it does.
                if (!context.Ignore)
                {
                    broken[provider] = Describe(context);
                    onChange();
                }
            };

            // It says so only when it could be read.
            watched[provider] = ChangeToken.OnChange(provider.GetReloadToken, () => broken.TryRemove(provider, out _));
        }
    }

    public void Dispose()
    {
        foreach (IDisposable watch in watched.Values)
        {
            watch.Dispose();
        }

        watched.Clear();
    }

    private static string Describe(FileLoadExceptionContext context) =>
        $"{Path.GetFileName(context.Provider.Source.Path)} cannot be read: {ConfigurationError.Innermost(context.Exception)}";
}
