namespace GrpcRouter.Build.Tests;

public sealed class OutputFileTests
{
    [Fact]
    public void An_identical_file_keeps_its_time()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("sub/a.txt");
        OutputFile.Write(path, "text");
        var time = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);

        OutputFile.Write(path, "text");
        Assert.Equal(time, File.GetLastWriteTimeUtc(path));

        OutputFile.Write(path, "other");
        Assert.NotEqual(time, File.GetLastWriteTimeUtc(path));
        Assert.Equal("other"u8, File.ReadAllBytes(path));
    }
}
