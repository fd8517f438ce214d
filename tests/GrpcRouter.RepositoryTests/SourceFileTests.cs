namespace GrpcRouter.RepositoryTests;

public sealed class SourceFileTests
{
    private const int MostLines = 600;

    [Fact]
    public void No_source_file_of_src_is_longer_than_600_lines()
    {
        var files = Repository.Files("src", "*.cs").ToArray();
        Assert.NotEmpty(files);

        var tooLong =
            from path in files
            let lines = Repository.Lines(path).Length
            where lines > MostLines
            select $"{path}: {lines}";

        Assert.Empty(tooLong);
    }
}
