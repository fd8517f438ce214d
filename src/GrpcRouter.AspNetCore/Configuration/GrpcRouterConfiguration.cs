using Microsoft.Extensions.Configuration;

namespace GrpcRouter;

/// <summary>
/// Checks a router's configuration without a router: in a test, before a deployment, or from a command line. What it finds is what the router would say at its start, in the same words.
/// </summary>
public static class GrpcRouterConfiguration
{
    /// <summary>The section that a router takes its options from, unless its application names another.</summary>
    public const string SectionName = RouterSection.DefaultName;

    /// <summary>Finds all that is wrong: keys that are no options, values that cannot be read, and what cannot work.</summary>
    /// <param name="section">The section, such as <c>configuration.GetSection("GrpcRouter")</c>. What code sets is not known here.</param>
    /// <param name="loadBalancers">Names of policies that the application adds with <c>AddLoadBalancer</c>; default none.</param>
    /// <returns>A sentence for each, by its path, such as <c>GrpcRouter:Services:greet.Greeter:Retry:MaxAttempts must be 1 to 5; it is 9.</c></returns>
    public static IReadOnlyList<string> Validate(IConfiguration section, IEnumerable<string>? loadBalancers = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        RouterSection router = new(section);
        string[] unread = [.. router.FindErrors().Select(static error => error.ToString())];
        RouterOptions options = new();
        foreach (string name in loadBalancers ?? [])
        {
            options.LoadBalancers[name] = static _ => throw new InvalidOperationException("The policy is only a name here.");
        }

        router.Bind(options);
        return [.. unread, .. options.FindErrors(router.Path)];
    }

    /// <summary>Checks what a file says under a section. A file for one environment is checked by itself, without the one that it goes over.</summary>
    /// <param name="path">The JSON file, such as <c>appsettings.json</c>.</param>
    /// <param name="section">The section; default <see cref="SectionName"/>.</param>
    /// <param name="loadBalancers">Names of policies that the application adds.</param>
    /// <returns>As <see cref="Validate"/>; a file that is no JSON is one error. None for a file without the section.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyList<string> ValidateJsonFile(string path, string section = SectionName, IEnumerable<string>? loadBalancers = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(section);
        try
        {
            IConfigurationRoot root = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path)).Build();
            return Validate(root.GetSection(section), loadBalancers);
        }
        catch (InvalidDataException error)
        {
            return [$"{Path.GetFileName(path)} cannot be read: {ConfigurationError.Innermost(error)}"];
        }
    }
}
