namespace GrpcRouter.Build.Tests;

/// <summary>Reads .proto files with the real compiler, as the task does.</summary>
internal sealed class ProtoReading : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Folder => folder.Path;

    public static (RoutedFile? File, IReadOnlyList<ProtoDiagnostic> Diagnostics) Read(string path)
    {
        using var reading = new ProtoReading();
        return reading.ReadFile(path);
    }

    /// <summary>Reads a file of this text, named test.proto.</summary>
    public static (RoutedFile? File, IReadOnlyList<ProtoDiagnostic> Diagnostics) ReadText(string text)
    {
        using var reading = new ProtoReading();
        return reading.ReadFile(reading.folder.Write("test.proto", text));
    }

    public RoutedFile Add(string name, string text)
    {
        var (file, diagnostics) = ReadFile(folder.Write(name, text));
        Assert.Empty(diagnostics);
        return file!;
    }

    public void Dispose() => folder.Dispose();

    private (RoutedFile? File, IReadOnlyList<ProtoDiagnostic> Diagnostics) ReadFile(string path)
    {
        var root = Path.GetDirectoryName(path)!;
        var proto = new RoutedProto(path, root, [Locations.StandardImports, root, Locations.RouterImports],
            new RouterTargets(Router: true, Bridge: true), HasServiceBases: true, "public", folder.File("out"), "x");
        var diagnostics = new List<ProtoDiagnostic>();
        var descriptors = new Protoc(Locations.Protoc, folder.Path).ReadDescriptors(proto, diagnostics);
        if (descriptors is null)
        {
            return (null, diagnostics);
        }

        var file = new RoutedFile(path, descriptors);
        return (file, [.. diagnostics, .. file.Diagnostics]);
    }
}
