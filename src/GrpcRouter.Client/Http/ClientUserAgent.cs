using System.Reflection;

namespace GrpcRouter;

internal static class ClientUserAgent
{
    public static string Value { get; } = $"grpc-dotnet-router/{Version()} (.NET {Environment.Version})";

    // The informational version ends in "+" and the commit.
    private static string Version() =>
        typeof(ClientUserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
