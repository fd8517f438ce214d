using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Sets the options to what is configured. It stands before all that sets them in code, which therefore wins.</summary>
internal sealed class RouterConfigurationSetup(RouterSection section) : IConfigureOptions<RouterOptions>
{
    public void Configure(RouterOptions options) => section.Bind(options);
}
