using System.Text;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace GrpcRouter.Generators.Tests.Harness;

/// <summary>An additional file of a compilation, by default one with the metadata of a model.</summary>
internal sealed class ModelFile(string path, string? text, string? metadata = "true") : AdditionalText
{
    private readonly SourceText? text = text is null ? null : SourceText.From(text, Encoding.UTF8);

    public override string Path { get; } = path;

    public string? Metadata { get; } = metadata;

    public static ModelFile Of(ProtoModel model) => new($"/obj/{model.ImportName}.grpcrouter.txt", ProtoModelText.Write(model));

    public override SourceText? GetText(CancellationToken cancellationToken = default) => text;
}
