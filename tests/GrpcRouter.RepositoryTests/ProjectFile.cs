using System.Xml.Linq;

namespace GrpcRouter.RepositoryTests;

/// <summary>A project file and the projects that it references, each named by its folder, such as <c>src/GrpcRouter.Core</c>.</summary>
internal sealed record ProjectFile(string Path, string Folder, IReadOnlyList<ProjectReference> References)
{
    public string Area => Folder.Split('/')[0];

    public static IReadOnlyList<ProjectFile> All { get; } = [.. Repository.Files("", "*.csproj").Select(Load)];

    private static ProjectFile Load(string path) =>
        new(path, FolderOf(path), [.. XDocument.Parse(Repository.Read(path)).Descendants("ProjectReference").Select(item => Reference(path, item))]);

    private static ProjectReference Reference(string path, XElement item)
    {
        var folder = System.IO.Path.Combine(Repository.Root, FolderOf(path));
        var include = item.Attribute("Include")!.Value
            .Replace("$(RepositoryRoot)", Repository.Root + "/", StringComparison.Ordinal)
            .Replace("$(MSBuildThisFileDirectory)", folder + "/", StringComparison.Ordinal)
            .Replace('\\', '/');
        Assert.False(include.Contains("$(", StringComparison.Ordinal), $"{path} references {include}, which this test cannot resolve.");

        var target = Repository.Relative(System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, include)));
        Assert.True(Repository.Exists(target), $"{path} references {target}, which does not exist.");
        return new ProjectReference(FolderOf(target), BuildOrderOnly: (string?)item.Attribute("ReferenceOutputAssembly") == "false" || (string?)item.Element("ReferenceOutputAssembly") == "false");
    }

    private static string FolderOf(string path) => System.IO.Path.GetDirectoryName(path)!.Replace('\\', '/');
}
