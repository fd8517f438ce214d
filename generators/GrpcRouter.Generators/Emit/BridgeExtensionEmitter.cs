using GrpcRouter.Generators.Specs;

namespace GrpcRouter.Generators.Emit;

// AddGreeter<TService>() on the bridge's builder.
internal static class BridgeExtensionEmitter
{
    public static void Write(SourceWriter writer, ServiceSpec service, string serviceBase)
    {
        const string Builder = "global::GrpcRouter.IGrpcRouterBridgeBuilder";
        const string Trimming = "global::System.Diagnostics.CodeAnalysis.DynamicallyAccessedMember";
        writer.Open("namespace Microsoft.Extensions.DependencyInjection");
        writer.Write($"""
            /// <summary>Adds <c>{service.FullName}</c> to a bridge.</summary>
            {CSharp.GeneratedCode}
            """);
        writer.Open($"{service.Access} static class {ClassName(service.FullName)}");
        writer.Write($"""
            /// <summary>Serves <c>{service.FullName}</c> with an implementation from the service provider.</summary>
            /// <typeparam name="TService">The implementation.</typeparam>
            /// <param name="builder">The bridge.</param>
            /// <returns>The same builder.</returns>
            public static {Builder} Add{service.CSharpName}<[{Trimming}s({Trimming}Types.PublicConstructors)] TService>(
                this {Builder} builder)
                where TService : {serviceBase}
                => builder.AddService<{serviceBase}, TService>({CSharp.Sibling(service, service.BridgeName)}.Binding);
            """);
        writer.Close().Close();
    }

    // Unique for each full name: no part of one starts with a digit, so _1 can only be an underscore and _ only a dot.
    private static string ClassName(string fullName) => fullName.Replace("_", "_1").Replace(".", "_") + "BridgeExtensions";
}
