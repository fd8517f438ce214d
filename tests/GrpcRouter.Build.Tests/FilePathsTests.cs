namespace GrpcRouter.Build.Tests;

public sealed class FilePathsTests
{
    [Theory]
    [InlineData("a/b.proto", "a/b.proto")]
    [InlineData("../x/b.proto", "../x/b.proto")]
    [InlineData("../project2/b.proto", "../project2/b.proto")]
    [InlineData("../../b.proto", "../../b.proto")]
    public void A_path_relative_to_the_project_does_not_tell_where_the_checkout_is(string path, string expected)
    {
        foreach (var project in new[] { "/home/a/repo/project", "/ci/work/repo/project" })
        {
            Assert.Equal(expected, FilePaths.Relative(project, FilePaths.Full(project, path)));
        }
    }

    [Fact]
    public void Both_separators_and_a_trailing_one_give_the_same_path() =>
        Assert.Equal(FilePaths.Full("/p", "a/b"), FilePaths.Full("/p", @"a\b\"));
}
