using GrpcRouter.Generators.Specs;

namespace GrpcRouter.Generators.Emit;

// The arguments of a RoutedService: full name, then a line for each method.
internal static class RouteTable
{
    public static void Write(SourceWriter writer, string fullName, IReadOnlyList<RouteSpec> routes, string end)
    {
        writer.Write(CSharp.Literal(fullName) + (routes.Count == 0 ? end : ","));
        for (var index = 0; index < routes.Count; index++)
        {
            var route = routes[index];
            writer.Write(
                $"new global::GrpcRouter.RoutedMethod({CSharp.Literal(route.Name)}, global::Grpc.Core.MethodType.{route.Kind}, {CSharp.Literal(route.Number)})"
                + (index == routes.Count - 1 ? end : ","));
        }
    }
}
