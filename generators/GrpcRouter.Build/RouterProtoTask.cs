using Microsoft.Build.Framework;

namespace GrpcRouter.Build;

/// <summary>What both tasks take: the project's .proto items and where to put what is made from them.</summary>
public abstract class RouterProtoTask : Microsoft.Build.Utilities.Task
{
    /// <summary>The project's Protobuf items.</summary>
    [Required]
    public ITaskItem[] Protobuf { get; set; } = [];

    /// <summary>Folder of the project file, against which relative paths are taken.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>Folder for everything that is generated.</summary>
    [Required]
    public string OutputDirectory { get; set; } = "";

    /// <summary>Root of items outside the project that name none; default: the folder of the item.</summary>
    public string? DefaultProtoRoot { get; set; }

    /// <summary>Folder of google/protobuf/*.proto.</summary>
    [Required]
    public string StandardImportsPath { get; set; } = "";

    /// <summary>Folder of grpcrouter/v1/*.proto.</summary>
    [Required]
    public string RouterImportsPath { get; set; } = "";

    /// <summary>Where the pages about the errors are: an address or a folder.</summary>
    public string? HelpLinkBase { get; set; }

    /// <summary>The items that ask for generated code. Reports items that ask for something unknown.</summary>
    private protected IReadOnlyList<RoutedProto> RoutedProtos()
    {
        var protos = new List<RoutedProto>();
        foreach (var item in Protobuf.Where(IsCompiled))
        {
            var services = item.GetMetadata("GrpcServices");
            var hasServiceBases = !Is(services, "None") && !Is(services, "Client");
            var value = item.GetMetadata("GrpcRouter");
            if (RouterTargets.Parse(value, hasServiceBases) is not { } targets)
            {
                var project = item.GetMetadata("DefiningProjectFullPath");
                Report(new(DiagnosticIds.UnknownGrpcRouterValue, project, ItemLocation.OfMetadata(project, "GrpcRouter", value),
                    $"GrpcRouter=\"{value}\" of '{item.ItemSpec}' is not Router, Bridge, Both or None."));
            }
            else if (targets.Any)
            {
                protos.Add(ToRoutedProto(item, targets, hasServiceBases));
            }
        }

        return protos;
    }

    private protected void Report(ProtoDiagnostic diagnostic) => Log.LogError(
        subcategory: null,
        errorCode: diagnostic.Id,
        helpKeyword: null,
        helpLink: string.IsNullOrEmpty(HelpLinkBase) ? null : $"{HelpLinkBase}{diagnostic.Id}.md",
        file: diagnostic.File,
        lineNumber: diagnostic.Span.Line,
        columnNumber: diagnostic.Span.Column,
        endLineNumber: diagnostic.Span.EndLine,
        endColumnNumber: diagnostic.Span.EndColumn,
        message: diagnostic.Message);

    private static bool IsCompiled(ITaskItem item) => Is(item.GetMetadata("ProtoCompile"), "true") && Is(item.GetMetadata("CompileOutputs"), "true");

    private static bool Is(string value, string expected) => string.Equals(value.Trim(), expected, StringComparison.OrdinalIgnoreCase);

    private RoutedProto ToRoutedProto(ITaskItem item, RouterTargets targets, bool hasServiceBases)
    {
        var path = FilePaths.Full(ProjectDirectory, item.ItemSpec);
        var root = FilePaths.Full(ProjectDirectory, ProtoRoot(item, path));

        // The order in which Grpc.Tools gives them to protoc; the first folder that has a file wins.
        string[] imports =
        [
            .. item.GetMetadata("AdditionalImportDirs").Split(';').Select(directory => directory.Trim()).Where(directory => directory.Length > 0),
            StandardImportsPath, root, RouterImportsPath,
        ];
        var directories = imports.Select(directory => FilePaths.Full(ProjectDirectory, directory)).Distinct(StringComparer.Ordinal).Where(Directory.Exists);
        var relative = FilePaths.Relative(FilePaths.Full(ProjectDirectory, "."), path);
        return new RoutedProto(path, root, [.. directories], targets, hasServiceBases,
            Is(item.GetMetadata("Access"), "Internal") ? "internal" : "public",
            FilePaths.Full(ProjectDirectory, OutputDirectory),
            FilePaths.ShortHash(relative));
    }

    // The rule of Grpc.Tools: the project's folder, or the file's own when it lies outside.
    private string ProtoRoot(ITaskItem item, string path)
    {
        var root = item.GetMetadata("ProtoRoot");
        if (root.Length > 0)
        {
            return root;
        }

        return FilePaths.IsUnder(FilePaths.Full(ProjectDirectory, "."), path) ? "."
            : string.IsNullOrEmpty(DefaultProtoRoot) ? Path.GetDirectoryName(path)!
            : DefaultProtoRoot!;
    }
}
