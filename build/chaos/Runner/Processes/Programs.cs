using System.Reflection;

namespace GrpcRouter.Chaos;

/// <summary>Where the hosts are that were built with this runner.</summary>
internal static class Programs
{
    public static string PathOf(string host) => Path.Combine(Value("Programs"), host, Value("Output"), $"GrpcRouter.Chaos.{host}.dll");

    private static string Value(string key) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
