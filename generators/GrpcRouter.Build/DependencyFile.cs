using System.Text;

namespace GrpcRouter.Build;

// Written last: its time says when the outputs were up to date, its lines are the files they were made from.
internal static class DependencyFile
{
    private const string WithRouterProto = "router proto: yes";
    private const string WithoutRouterProto = "router proto: no";

    public static void Write(RoutedProto proto, bool hasRouterProto, IEnumerable<string> dependencies, DateTime startedUtc)
    {
        File.WriteAllLines(proto.DependenciesPath, [hasRouterProto ? WithRouterProto : WithoutRouterProto, .. dependencies], new UTF8Encoding(false));

        // A file edited while protoc read it must look newer than this one.
        File.SetLastWriteTimeUtc(proto.DependenciesPath, startedUtc);
    }

    public static IReadOnlyList<string> Read(RoutedProto proto) =>
        File.Exists(proto.DependenciesPath) ? [.. File.ReadAllLines(proto.DependenciesPath).Skip(1)] : [];

    // An output that was deleted by hand is made again.
    public static void DropIfOutputsAreMissing(RoutedProto proto)
    {
        if (!File.Exists(proto.DependenciesPath))
        {
            return;
        }

        var hasRouterProto = File.ReadLines(proto.DependenciesPath).FirstOrDefault() == WithRouterProto;
        if (!File.Exists(proto.ModelPath) || File.Exists(proto.RouterProtoPath) != hasRouterProto)
        {
            File.Delete(proto.DependenciesPath);
        }
    }
}
