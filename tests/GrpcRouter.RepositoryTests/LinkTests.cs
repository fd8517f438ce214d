namespace GrpcRouter.RepositoryTests;

public sealed class LinkTests
{
    [Fact]
    public void Every_link_inside_the_repository_resolves()
    {
        var files = Repository.Files("", "*.md").Select(path => new MarkdownFile(path)).ToDictionary(file => file.Path, StringComparer.Ordinal);
        Assert.NotEmpty(files);

        var broken =
            from file in files.Values
            from link in file.Links
            where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)
            where !Resolves(files, file, link)
            select $"{file.Path}: {link}";

        Assert.Empty(broken);
    }

    private static bool Resolves(Dictionary<string, MarkdownFile> files, MarkdownFile from, string link)
    {
        var hash = link.IndexOf('#', StringComparison.Ordinal);
        var path = hash < 0 ? link : link[..hash];
        var folder = Path.GetDirectoryName(from.Path)!;
        var target = path.Length == 0 ? from.Path : Repository.Relative(Path.GetFullPath(Path.Combine(Repository.Root, folder, path)));
        if (target.StartsWith("..", StringComparison.Ordinal) || !Repository.Exists(target))
        {
            return false;
        }

        return hash < 0 || (files.TryGetValue(target, out var file) && file.Anchors.Contains(link[(hash + 1)..], StringComparer.Ordinal));
    }
}
