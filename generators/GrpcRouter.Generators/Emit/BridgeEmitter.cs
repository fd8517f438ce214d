using GrpcRouter.Generators.Specs;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Emit;

internal static class BridgeEmitter
{
    public static string Emit(BridgeSpec spec)
    {
        var service = spec.Service;
        var serviceBase = $"{CSharp.Sibling(service, service.CSharpName)}.{service.CSharpName}Base";
        var writer = SourceFile.Start(service, "bridge");
        writer.OpenNamespace(service);
        WriteBridge(writer, spec, serviceBase);
        writer.CloseNamespace(service);
        writer.Write("");
        BridgeExtensionEmitter.Write(writer, service, serviceBase);
        return writer.ToString();
    }

    private static void WriteBridge(SourceWriter writer, BridgeSpec spec, string serviceBase)
    {
        var service = spec.Service;
        var name = CSharp.Identifier(service.BridgeName);
        var binding = $"global::GrpcRouter.ServiceBinding<{serviceBase}>";
        writer.Write($"""
            /// <summary>
            /// Serves <c>{service.FullName}</c> without an open port: dials a router, registers the implementation and answers the calls
            /// that the router relays.
            /// </summary>
            {CSharp.GeneratedCode}
            """);
        writer.Open($"{service.Access} sealed class {name} : global::GrpcRouter.ServiceBridge");
        writer.Write($$"""
            /// <summary>Makes a bridge to one router.</summary>
            /// <param name="service">The implementation that serves all calls.</param>
            /// <param name="router">Address of the router.</param>
            /// <param name="options">Settings; <c>null</c> takes the defaults.</param>
            public {{name}}({{serviceBase}} service, string router, global::GrpcRouter.BridgeOptions? options = null)
                : base(Binding.Bind(service), router, options)
            {
            }

            /// <summary>Makes a bridge to the routers that the options name.</summary>
            /// <param name="service">The implementation that serves all calls.</param>
            /// <param name="options">Settings.</param>
            public {{name}}({{serviceBase}} service, global::GrpcRouter.BridgeOptions options)
                : base(Binding.Bind(service), options)
            {
            }

            /// <summary>How each method is called on an implementation.</summary>
            public static {{binding}} Binding { get; } = CreateBinding();

            """);
        WriteBinding(writer, spec, binding);
        writer.Close();
    }

    private static void WriteBinding(SourceWriter writer, BridgeSpec spec, string binding)
    {
        var marshallers = new MarshallerNames(spec.Methods);
        writer.Open($"private static {binding} CreateBinding()");
        foreach (var type in marshallers.Types)
        {
            writer.Write($"var {marshallers[type]} = Marshaller({CSharp.Type(type)}.Parser);");
        }

        if (marshallers.Types.Count > 0)
        {
            writer.Write("");
        }

        WriteNewBinding(writer, spec, binding);
        foreach (var method in spec.Methods)
        {
            var parameters = Parameters(method.Route.Kind);
            writer.Write($"""
                binding.Add{method.Route.Kind}(
                    {CSharp.Literal(method.Route.Number)},
                    Method(global::Grpc.Core.MethodType.{method.Route.Kind}, {CSharp.Literal(method.Route.Name)}, {marshallers[method.RequestType]}, {marshallers[method.ResponseType]}),
                    static (service, {parameters}) => service.{CSharp.Identifier(method.CSharpName)}({parameters}));
                """);
        }

        writer.Write("return binding;").Close();
        if (spec.Methods.Count > 0)
        {
            WriteHelpers(writer, spec.Service);
        }
    }

    private static void WriteNewBinding(SourceWriter writer, BridgeSpec spec, string binding)
    {
        if (spec.HasRouter)
        {
            writer.Write($"var binding = new {binding}({CSharp.Sibling(spec.Service, spec.Service.RouterName)}.Service);");
            return;
        }

        writer.Write($"var binding = new {binding}(new global::GrpcRouter.RoutedService(").Indent(1);
        RouteTable.Write(writer, spec.Service.FullName, [.. spec.Methods.Select(method => method.Route)], "));");
        writer.Indent(-1);
    }

    private static void WriteHelpers(SourceWriter writer, ServiceSpec service) => writer.Write($$"""

        private static global::Grpc.Core.Method<TRequest, TResponse> Method<TRequest, TResponse>(
            global::Grpc.Core.MethodType type,
            string name,
            global::Grpc.Core.Marshaller<TRequest> requests,
            global::Grpc.Core.Marshaller<TResponse> responses)
            where TRequest : class
            where TResponse : class
            => new(type, {{CSharp.Literal(service.FullName)}}, name, requests, responses);

        private static global::Grpc.Core.Marshaller<TMessage> Marshaller<TMessage>(global::Google.Protobuf.MessageParser<TMessage> parser)
            where TMessage : class, global::Google.Protobuf.IMessage<TMessage>
            => new(
                static (message, context) =>
                {
                    context.SetPayloadLength(message.CalculateSize());
                    global::Google.Protobuf.MessageExtensions.WriteTo(message, context.GetBufferWriter());
                    context.Complete();
                },
                context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
        """);

    private static string Parameters(MethodKind kind) => kind switch
    {
        MethodKind.Unary => "request, context",
        MethodKind.ClientStreaming => "requests, context",
        MethodKind.ServerStreaming => "request, responses, context",
        _ => "requests, responses, context",
    };
}
