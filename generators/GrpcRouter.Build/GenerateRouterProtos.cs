using GrpcRouter.Schema;
using Microsoft.Build.Framework;

namespace GrpcRouter.Build;

/// <summary>Writes the router proto and the service model of every .proto file that asks for them.</summary>
public sealed class GenerateRouterProtos : RouterProtoTask, ICancelableTask
{
    private volatile Protoc? protoc;
    private volatile bool cancelled;

    /// <summary>Full path of protoc.</summary>
    [Required]
    public string ProtocPath { get; set; } = "";

    /// <inheritdoc/>
    public void Cancel()
    {
        cancelled = true;
        protoc?.Cancel();
    }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var started = DateTime.UtcNow;
        var protos = RoutedProtos();
        var files = Read(protos);
        if (Log.HasLoggedErrors || cancelled)
        {
            return Forget(protos);
        }

        foreach (var (proto, file) in files)
        {
            Write(proto, file);
            foreach (var diagnostic in LocalTypes.Find(proto, file, protoc!))
            {
                Report(diagnostic);
            }
        }

        if (Log.HasLoggedErrors || cancelled)
        {
            return Forget(protos);
        }

        foreach (var (proto, file) in files)
        {
            var dependencies = file.Files.File.Select(descriptor => ImportSearch.Find(proto.ImportDirs, descriptor.Name)).OfType<string>();
            DependencyFile.Write(proto, file.Services.Count > 0, dependencies, started);
        }

        return true;
    }

    // Without its dependency file an item counts as never generated.
    private static bool Forget(IReadOnlyList<RoutedProto> protos)
    {
        foreach (var proto in protos)
        {
            File.Delete(proto.DependenciesPath);
        }

        return false;
    }

    private IReadOnlyList<(RoutedProto Proto, RoutedFile File)> Read(IReadOnlyList<RoutedProto> protos)
    {
        protoc = new Protoc(ProtocPath, FilePaths.Full(ProjectDirectory, "."));
        var diagnostics = new List<ProtoDiagnostic>();
        var files = new List<(RoutedProto Proto, RoutedFile File)>();
        foreach (var proto in protos.TakeWhile(_ => !cancelled))
        {
            if (protoc.ReadDescriptors(proto, diagnostics) is { } descriptors)
            {
                var file = new RoutedFile(proto.Path, descriptors);
                diagnostics.AddRange(file.Diagnostics);
                files.Add((proto, file));
            }
        }

        diagnostics.AddRange(NameCollisions.Find([.. files.Select(file => (file.File, file.Proto.Targets))]));
        foreach (var diagnostic in diagnostics.Distinct())
        {
            Report(diagnostic);
        }

        return files;
    }

    private static void Write(RoutedProto proto, RoutedFile file)
    {
        OutputFile.Write(proto.ModelPath, ProtoModelText.Write(file.ToModel(proto.Targets, proto.Access, proto.HasServiceBases)));
        if (file.Services.Count > 0)
        {
            OutputFile.Write(proto.RouterProtoPath, RouterProtoWriter.Write(file));
        }
        else
        {
            File.Delete(proto.RouterProtoPath);
        }
    }
}
