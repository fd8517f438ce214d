namespace GrpcRouter.FunctionalTests;

/// <summary>A file that goes with its test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("grpcrouter-");

    public TemporaryFile(string text) => Write(text);

    public string Path => System.IO.Path.Combine(folder.FullName, "router.json");

    public void Write(string text) => File.WriteAllText(Path, text);

    public void Dispose() => folder.Delete(recursive: true);
}
