using GrpcRouter.Generators.Specs;

namespace GrpcRouter.Generators.Emit;

internal static class RouterEmitter
{
    public static string Emit(RouterSpec spec)
    {
        var service = spec.Service;
        var name = CSharp.Identifier(service.RouterName);
        var writer = SourceFile.Start(service, "router");
        writer.OpenNamespace(service);
        writer.Write($"""
            /// <summary>
            /// The router of <c>{service.FullName}</c>: instances register at <c>/{service.FullName}Router/Register</c> and serve the calls
            /// that clients make to the service.
            /// </summary>
            {CSharp.GeneratedCode}
            """);
        writer.Open($"{service.Access} sealed class {name} : global::GrpcRouter.ServiceRouter, global::GrpcRouter.IServiceRouter<{name}>");
        writer.Write($$"""
            private {{name}}(global::GrpcRouter.RouterHub hub)
                : base(hub, Service)
            {
            }

            /// <summary>The service's full name, and of each method the name, the kind and the field number.</summary>
            public static new global::GrpcRouter.RoutedService Service { get; } = new(
            """);
        writer.Indent(1);
        RouteTable.Write(writer, service.FullName, spec.Routes, ");");
        writer.Indent(-1);
        writer.Write($"""

            static {name} global::GrpcRouter.IServiceRouter<{name}>.Create(global::GrpcRouter.RouterHub hub) => new(hub);
            """);
        PolicyDeclaration.Write(writer, spec.Policies);
        writer.Close();
        writer.CloseNamespace(service);
        return writer.ToString();
    }
}
