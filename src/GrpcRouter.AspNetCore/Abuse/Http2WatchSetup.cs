using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Gives <see cref="Http2Watch"/> what it reads, whatever the log is set to, and nothing else, so that no other category counts as enabled for its sake.</summary>
internal sealed class Http2WatchSetup : IConfigureOptions<LoggerFilterOptions>
{
    public void Configure(LoggerFilterOptions options)
    {
        string provider = typeof(Http2Watch).FullName!;
        options.Rules.Add(new LoggerFilterRule(provider, categoryName: null, LogLevel.None, filter: null));
        foreach (string category in Http2Watch.Categories)
        {
            options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Debug, filter: null));
        }
    }
}
