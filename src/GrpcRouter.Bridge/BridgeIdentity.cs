using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GrpcRouter;

/// <summary>How this process presents itself to routers when nothing else is set.</summary>
internal static class BridgeIdentity
{
    private static readonly string Process = $"{HostName()}-{Environment.ProcessId}";

    public static readonly string UserAgent = $"grpcrouter-dotnet/{Version()} ({RuntimeInformation.FrameworkDescription})";

    // Not one name for all of a process: two bridges of the same service would replace each other at the router for ever.
    public static string NewInstanceId() => $"{Process}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    // Names of machines may hold what names of instances may not.
    private static string HostName() =>
        string.Concat(Environment.MachineName.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? char.ToLowerInvariant(c) : '-'));

    private static string Version()
    {
        string? version = typeof(BridgeIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return version?.Split('+')[0] ?? "0";
    }
}
