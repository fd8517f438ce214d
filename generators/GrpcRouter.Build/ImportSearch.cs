namespace GrpcRouter.Build;

internal static class ImportSearch
{
    // The first folder that has the file wins, as in protoc.
    public static string? Find(IReadOnlyList<string> directories, string importName) => directories
        .Select(directory => FilePaths.Full(directory, importName))
        .FirstOrDefault(File.Exists);
}
