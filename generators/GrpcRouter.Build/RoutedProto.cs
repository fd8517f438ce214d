namespace GrpcRouter.Build;

// One item to generate for. All paths are full.
internal sealed record RoutedProto(
    string Path,
    string ProtoRoot,
    IReadOnlyList<string> ImportDirs,
    RouterTargets Targets,
    bool HasServiceBases,
    string Access,
    string OutputRoot,
    string DirectoryName)
{
    private string Stem => CSharpNames.StripExtension(System.IO.Path.GetFileName(Path));

    public string Directory => System.IO.Path.Combine(OutputRoot, DirectoryName);

    public string RouterProtoPath => System.IO.Path.Combine(Directory, Stem + "_router.proto");

    public string ModelPath => System.IO.Path.Combine(Directory, Stem + ".grpcrouter.txt");

    public string DependenciesPath => System.IO.Path.Combine(Directory, Stem + ".grpcrouter.d");

    public string DescriptorPath => System.IO.Path.Combine(Directory, Stem + ".pb");

    public string Fingerprint => string.Join("\n", [Path, ProtoRoot, .. ImportDirs, $"{Targets.Router} {Targets.Bridge} {HasServiceBases} {Access}"]);
}
