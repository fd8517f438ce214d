using GrpcRouter.Generators.Specs;
using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Tests;

public sealed class ModelEqualityTests
{
    private static readonly RuntimeReferences Runtime = new(Router: true, Bridge: true);

    public static TheoryData<string> Changes { get; } = [.. Edits.Keys];

    private static Dictionary<string, Func<ProtoModel, ProtoModel>> Edits => new(StringComparer.Ordinal)
    {
        ["import"] = model => model with { ImportName = "other.proto" },
        ["namespace"] = model => model with { CSharpNamespace = "Other" },
        ["access"] = model => model with { Access = "internal" },
        ["router"] = model => model with { Router = false },
        ["bridge"] = model => model with { Bridge = false },
        ["service"] = model => Service(model, service => service with { FullName = "other.Greeter" }),
        ["class"] = model => Service(model, service => service with { CSharpName = "Other" }),
        ["order"] = model => Service(model, service => service with { Methods = service.Methods.Reverse().ToEquatableArray() }),
        ["method"] = model => Method(model, method => method with { Name = "Other" }),
        ["call"] = model => Method(model, method => method with { CSharpName = "Other" }),
        ["service policy"] = model => Service(model, service => service with { Policy = new([new("WaitForReady", PolicyValueKind.Flag, "true")]) }),
        ["method policy"] = model => Method(model, method => method with { Policy = new([new("WaitForReady", PolicyValueKind.Flag, "true")]) }),
        ["kind"] = model => Method(model, method => method with { Kind = MethodKind.ServerStreaming }),
        ["number"] = model => Method(model, method => method with { Number = 20001 }),
        ["request"] = model => Method(model, method => method with { RequestType = "global::Other" }),
        ["response"] = model => Method(model, method => method with { ResponseType = "global::Other" }),
    };

    [Fact]
    public void Equal_text_gives_equal_specs()
    {
        var text = ProtoModelText.Write(Models.Greet);

        var (left, right) = (Link(text), Link(text));

        Assert.NotSame(left, right);
        Assert.Equal(left, right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Different_text_gives_different_specs(string change) =>
        Assert.NotEqual(Link(ProtoModelText.Write(Models.Greet)), Link(ProtoModelText.Write(Edits[change](Models.Greet))));

    [Theory]
    [InlineData("broken", "broken", true)]
    [InlineData("broken", "grpcrouter-model 2\nbroken", false)]
    [InlineData("grpcrouter-model 3", "grpcrouter-model 4", false)]
    public void Unreadable_texts_are_equal_when_the_errors_are(string left, string right, bool equal) =>
        Assert.Equal(equal, Read(left).Equals(Read(right)));

    private static SchemaSpec Link(string text) => Linker.Link([Read(text)], Runtime);

    private static ProtoFile Read(string text) => ProtoFile.Read(new ModelFile("/obj/model.txt", text), TestContext.Current.CancellationToken);

    private static ProtoModel Service(ProtoModel model, Func<ServiceModel, ServiceModel> edit) =>
        model with { Services = model.Services.Select(edit).ToEquatableArray() };

    private static ProtoModel Method(ProtoModel model, Func<MethodModel, MethodModel> edit) =>
        Service(model, service => service with { Methods = new([edit(service.Methods[0]), .. service.Methods.Skip(1)]) });
}
