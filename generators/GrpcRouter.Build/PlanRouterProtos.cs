using Microsoft.Build.Framework;

namespace GrpcRouter.Build;

/// <summary>Says which files will be generated and which ones decide whether that must happen again.</summary>
public sealed class PlanRouterProtos : RouterProtoTask
{
    /// <summary>A file that changes when an option does.</summary>
    [Required]
    public string OptionsFile { get; set; } = "";

    /// <summary>Full path of protoc.</summary>
    [Required]
    public string ProtocPath { get; set; } = "";

    /// <summary>The .proto files that ask for code, and all that they import as far as known from the last run.</summary>
    [Output]
    public ITaskItem[] Inputs { get; private set; } = [];

    /// <summary>The dependency files: newer than all inputs when everything is up to date.</summary>
    [Output]
    public ITaskItem[] DependencyFiles { get; private set; } = [];

    /// <summary>The router protos, as Protobuf items. Those of files without services will not exist.</summary>
    [Output]
    public ITaskItem[] RouterProtos { get; private set; } = [];

    /// <summary>The service models.</summary>
    [Output]
    public ITaskItem[] Models { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var protos = RoutedProtos();
        if (Log.HasLoggedErrors)
        {
            return false;
        }

        // Packages unpack with the times of their making: a newer task can be an older file.
        var task = typeof(PlanRouterProtos).Assembly.ManifestModule.ModuleVersionId.ToString();
        OutputFile.Write(FilePaths.Full(ProjectDirectory, OptionsFile),
            string.Join("\n\n", [task, ProtocPath, .. protos.Select(proto => proto.Fingerprint)]) + "\n");
        foreach (var proto in protos)
        {
            DependencyFile.DropIfOutputsAreMissing(proto);
        }

        Inputs = [.. protos.SelectMany(proto => DependencyFile.Read(proto).Prepend(proto.Path)).Distinct(StringComparer.Ordinal).Select(path => ItemText.Item(path))];
        DependencyFiles = [.. protos.Select(proto => ItemText.Item(proto.DependenciesPath))];
        Models = [.. protos.Select(proto => ItemText.Item(proto.ModelPath, ("GrpcRouterModel", "true")))];
        RouterProtos = [.. protos.Select(RouterProto)];
        return true;
    }

    // Every piece of metadata that Grpc.Tools reads is set: defaults of items do not reach those that a task returns.
    // Its root comes first, else protoc names the file by its place under the project and descriptors differ by configuration.
    private static ITaskItem RouterProto(RoutedProto proto) => ItemText.Item(
        proto.RouterProtoPath,
        ("ProtoRoot", ItemText.Escape(proto.OutputRoot)),
        ("AdditionalImportDirs", string.Join(";", proto.ImportDirs.Prepend(proto.OutputRoot).Select(ItemText.Escape))),
        ("OutputDir", ItemText.Escape(proto.OutputRoot + Path.DirectorySeparatorChar)),
        ("Access", proto.Access == "internal" ? "Internal" : "Public"),
        ("ProtoCompile", "True"),
        ("CompileOutputs", "True"),
        ("GrpcServices", "None"),
        ("GrpcRouter", "None"),
        ("Generator", "MSBuild:Compile"),
        ("Visible", "false"));
}
