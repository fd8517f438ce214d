using Google.Protobuf.Reflection;
using GrpcRouter.Schema;

namespace GrpcRouter.Build.Tests;

/// <summary>This project compiles Protos/*.proto and their frames with the same targets as any user: here is what came out.</summary>
public sealed class CompiledNamesTests
{
    private static readonly Dictionary<string, FileDescriptor> Sources = new(StringComparer.Ordinal)
    {
        ["greet"] = Greet.GreetReflection.Descriptor,
        ["names"] = MyPkg.V1Beta2.X1Y.NamesReflection.Descriptor,
        ["keywords"] = Keywords.KeywordsReflection.Descriptor,
        ["two_services"] = Chosen.Two_Services.TwoServicesReflection.Descriptor,
        ["no_package"] = global::NoPackageReflection.Descriptor,
        ["legacy"] = Legacy.LegacyReflection.Descriptor,
        ["edition"] = Edition.EditionReflection.Descriptor,
        ["messages_only"] = Messages.MessagesOnlyReflection.Descriptor,
    };

    private static readonly Dictionary<string, FileDescriptor> Frames = new(StringComparer.Ordinal)
    {
        ["greet"] = Greet.GreetRouterReflection.Descriptor,
        ["names"] = MyPkg.V1Beta2.X1Y.NamesRouterReflection.Descriptor,
        ["keywords"] = Keywords.KeywordsRouterReflection.Descriptor,
        ["two_services"] = Chosen.Two_Services.TwoServicesRouterReflection.Descriptor,
        ["no_package"] = global::NoPackageRouterReflection.Descriptor,
        ["legacy"] = Legacy.LegacyRouterReflection.Descriptor,
        ["edition"] = Edition.EditionRouterReflection.Descriptor,
    };

    public static TheoryData<string> SourceNames => [.. Sources.Keys];

    public static TheoryData<string> FrameNames => [.. Frames.Keys];

    [Theory]
    [MemberData(nameof(SourceNames))]
    public void Every_message_has_the_csharp_name_that_the_compiler_gave_it(string name)
    {
        var file = Read(name);
        foreach (var message in Sources[name].Dependencies.Append(Sources[name]).SelectMany(descriptor => descriptor.MessageTypes).SelectMany(WithNested))
        {
            Assert.Equal($"global::{message.ClrType.FullName!.Replace('+', '.')}", file.Types[$".{message.FullName}"].CSharpName);
        }
    }

    [Theory]
    [MemberData(nameof(SourceNames))]
    public void Every_descriptor_class_has_the_name_that_the_compiler_gave_it(string name)
    {
        var file = Read(name);
        var type = CSharpNames.Qualify(file.CSharpNamespace, CSharpNames.ReflectionClass(file.Descriptor.Name))["global::".Length..];

        Assert.NotNull(typeof(CompiledNamesTests).Assembly.GetType(type));
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void Every_method_is_a_payload_of_both_frames_under_its_number(string name)
    {
        foreach (var service in Read(name).Services)
        {
            AssertPayloads(Frames[name].FindTypeByName<MessageDescriptor>(service.RouterFrameName), service, method => method.InputType);
            AssertPayloads(Frames[name].FindTypeByName<MessageDescriptor>(service.InstanceFrameName), service, method => method.OutputType);
        }
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void The_router_service_has_the_methods_of_the_service_and_one_registration_channel(string name)
    {
        foreach (var service in Read(name).Services)
        {
            var router = Frames[name].FindTypeByName<ServiceDescriptor>(service.RouterName);

            Assert.Equal([.. service.Methods.Select(method => method.Name).Where(method => method != "Register"), "Register"],
                router.Methods.Select(method => method.Name));
            Assert.Equal((service.InstanceFrameName, service.RouterFrameName), (router.Methods[^1].InputType.Name, router.Methods[^1].OutputType.Name));
        }
    }

    [Fact]
    public void A_file_without_services_has_no_frames() =>
        Assert.Null(typeof(CompiledNamesTests).Assembly.GetType("Messages.MessagesOnlyRouterReflection"));

    [Fact]
    public void Frames_carry_the_messages_of_the_service()
    {
        var frame = new Greet.GreeterRouterFrame { CallId = 1, SayHello = new Greet.HelloRequest { Name = "Ada" } };

        Assert.Equal(MethodNumbers.FromName("SayHello"), (int)frame.RequestCase);
        Assert.Equal(frame, Greet.GreeterRouterFrame.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(frame)));
    }

    private static void AssertPayloads(MessageDescriptor frame, RoutedService service, Func<MethodDescriptorProto, string> type) => Assert.Equal(
        service.Methods.Select(method => (method.Number, type(method.Descriptor), true)).OrderBy(payload => payload.Number),
        frame.Fields.InFieldNumberOrder().Where(field => field.FieldNumber >= MethodNumbers.First)
            .Select(field => (field.FieldNumber, "." + field.MessageType.FullName, field.ContainingOneof is not null)));

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) => message.NestedTypes.SelectMany(WithNested).Prepend(message);

    private static RoutedFile Read(string name) => ProtoReading.Read(Path.Combine(Locations.Protos, $"{name}.proto")).File!;
}
