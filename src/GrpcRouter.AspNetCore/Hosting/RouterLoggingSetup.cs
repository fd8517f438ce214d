using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>
/// Turns ASP.NET Core's two log lines a request off: at a router they are two lines a call, and being able to write them makes the
/// host create an activity and a log scope for each. Traces are not affected, and a rule of the application's for the same category wins.
/// </summary>
internal sealed class RouterLoggingSetup : IConfigureOptions<LoggerFilterOptions>
{
    private const string PerRequestCategory = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // Of rules that match equally well the last one counts.
    public void Configure(LoggerFilterOptions options) =>
        options.Rules.Insert(0, new LoggerFilterRule(providerName: null, PerRequestCategory, LogLevel.None, filter: null));
}
