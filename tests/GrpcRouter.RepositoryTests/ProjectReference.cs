namespace GrpcRouter.RepositoryTests;

/// <param name="Folder">The referenced project's folder.</param>
/// <param name="BuildOrderOnly">The project is built first, but nothing compiles against it.</param>
internal sealed record ProjectReference(string Folder, bool BuildOrderOnly)
{
    public string Name => Folder[(Folder.LastIndexOf('/') + 1)..];

    public string Area => Folder.Split('/')[0];
}
