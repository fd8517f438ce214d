using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;

namespace GrpcRouter.Bridge.Tests;

/// <summary>What the generator emits for the service, written by hand.</summary>
internal sealed class ProbeBridge(Probe.ProbeBase service, string router, BridgeOptions? options = null)
    : ServiceBridge(Binding.Bind(service), router, options)
{
    private static readonly Marshaller<Text> TextMarshaller = new(
        static (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        },
        static context => Text.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    public static ServiceBinding<Probe.ProbeBase> Binding { get; } = new ServiceBinding<Probe.ProbeBase>(new RoutedService(
        "probe.Probe",
        new RoutedMethod("Echo", MethodType.Unary, 20001),
        new RoutedMethod("Count", MethodType.ServerStreaming, 20002),
        new RoutedMethod("Collect", MethodType.ClientStreaming, 20003),
        new RoutedMethod("Chat", MethodType.DuplexStreaming, 20004)))
        .AddUnary(20001, Method(MethodType.Unary, "Echo"), static (service, request, context) => service.Echo(request, context))
        .AddServerStreaming(
            20002, Method(MethodType.ServerStreaming, "Count"), static (service, request, responses, context) => service.Count(request, responses, context))
        .AddClientStreaming(20003, Method(MethodType.ClientStreaming, "Collect"), static (service, requests, context) => service.Collect(requests, context))
        .AddDuplexStreaming(
            20004, Method(MethodType.DuplexStreaming, "Chat"), static (service, requests, responses, context) => service.Chat(requests, responses, context));

    private static Method<Text, Text> Method(MethodType type, string name) => new(type, "probe.Probe", name, TextMarshaller, TextMarshaller);
}
