using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>
/// Turns ASP.NET Core's log lines for each request off, the host's two and routing's two: at a router they are four lines a call, and being
/// able to write the host's makes it create an activity and a log scope for each. Traces are not affected, and a rule of the application's
/// for the same category wins.
/// </summary>
internal sealed class RouterLoggingSetup : IConfigureOptions<LoggerFilterOptions>
{
    private static readonly string[] PerRequestCategories =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Routing.EndpointMiddleware",
    ];

    // Of rules that match equally well the last one counts.
    public void Configure(LoggerFilterOptions options)
    {
        foreach (string category in PerRequestCategories)
        {
            options.Rules.Insert(0, new LoggerFilterRule(providerName: null, category, LogLevel.None, filter: null));
        }
    }
}
