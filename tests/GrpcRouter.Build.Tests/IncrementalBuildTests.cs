namespace GrpcRouter.Build.Tests;

public sealed class IncrementalBuildTests
{
    private const string Items = """
        <Protobuf Include="Protos/**/*.proto" GrpcServices="None" AdditionalImportDirs="../shared dir" />
        <Protobuf Include="../outside/far.proto" GrpcServices="None" Link="Linked/far.proto" />
        <Protobuf Include="../rooted/deep/rooted.proto" ProtoRoot="../rooted" GrpcServices="None" Access="Internal" />
        <Protobuf Include="../shared dir/common.proto" ProtoRoot="../shared dir" GrpcServices="None" GrpcRouter="None" />
        """;

    private const string Greet = """
        syntax = "proto3";
        package PACKAGE;
        import "common.proto";
        service Greeter { rpc SayHello (common.Text) returns (common.Text); }
        """;

    private const string Far = """
        syntax = "proto3";
        package PACKAGE;
        message Empty {}
        service Greeter { rpc SayHello (Empty) returns (Empty); }
        """;

    private const string Common = """
        syntax = "proto3";
        package common;
        option csharp_namespace = "Common.One";
        message Text { string text = 1; }
        """;

    [Fact]
    public void A_project_follows_its_protos_and_writes_nothing_when_they_stay()
    {
        using var project = new BuildProject(Items);
        project.Write("Protos/a/greet.proto", Greet.Replace("PACKAGE", "one", StringComparison.Ordinal));
        project.Write("Protos/b/greet.proto", Greet.Replace("PACKAGE", "two", StringComparison.Ordinal));
        project.Write("../outside/far.proto", Far.Replace("PACKAGE", "far", StringComparison.Ordinal));
        project.Write("../rooted/deep/rooted.proto", Far.Replace("PACKAGE", "rooted", StringComparison.Ordinal));
        project.Write("../shared dir/common.proto", Common);
        project.Write("Uses.cs", """
            internal static class Uses
            {
                public static object[] Frames() =>
                    [new One.GreeterRouterFrame(), new Two.GreeterInstanceFrame(), new Far.GreeterRouterFrame(), new Rooted.GreeterRouterFrame()];
            }
            """);

        project.Run("build").AssertSuccess();
        Assert.Equal(["far_router.proto", "greet_router.proto", "greet_router.proto", "rooted_router.proto"],
            project.Find("*_router.proto").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("import\tdeep/rooted.proto\n", Model(project, "rooted"), StringComparison.Ordinal);
        Assert.Contains("access\tinternal\n", Model(project, "rooted"), StringComparison.Ordinal);
        Assert.Contains("import\tfar.proto\n", Model(project, "far"), StringComparison.Ordinal);

        var times = Times(project);
        var second = project.Run("build", "--no-restore", "-v:n");
        second.AssertSuccess();
        Assert.Contains("Skipping target \"_GrpcRouterGenerate\"", second.Text, StringComparison.Ordinal);
        Assert.Equal(times, Times(project));

        project.Write("../shared dir/common.proto", Common.Replace("Common.One", "Common.Two", StringComparison.Ordinal));
        project.Run("build", "--no-restore").AssertSuccess();
        Assert.All(project.Find("greet.grpcrouter.txt"), path => Assert.Contains("global::Common.Two.Text", File.ReadAllText(path), StringComparison.Ordinal));
        foreach (var same in project.Find("far*.*").Concat(project.Find("*_router.proto")).Where(path => !path.EndsWith(".d", StringComparison.Ordinal)))
        {
            Assert.Equal(times[same], File.GetLastWriteTimeUtc(same));
        }

        project.Run("clean").AssertSuccess();
        Assert.False(Directory.Exists(project.Generated));
    }

    [Fact]
    public void A_service_that_is_removed_takes_its_frames_along()
    {
        using var project = new BuildProject("<Protobuf Include=\"**/*.proto\" GrpcServices=\"None\" />");
        project.Write("a.proto", Far.Replace("PACKAGE", "a", StringComparison.Ordinal));
        project.Run("build").AssertSuccess();
        Assert.Single(project.Find("a_router.proto"));

        project.Write("a.proto", "syntax = \"proto3\"; package a; message Empty {}");
        project.Run("build", "--no-restore").AssertSuccess();

        Assert.Empty(project.Find("a_router.proto"));
        Assert.DoesNotContain("service\t", Model(project, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_target_framework_has_its_own_output()
    {
        using var project = new BuildProject("<Protobuf Include=\"a.proto\" GrpcServices=\"None\" />",
            "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>");
        project.Write("a.proto", Far.Replace("PACKAGE", "a", StringComparison.Ordinal));
        project.Write("Uses.cs", "internal static class Uses { public static object Frame() => new A.GreeterRouterFrame(); }");

        project.Run("build").AssertSuccess();

        Assert.Equal(2, Directory.GetFiles(Path.Combine(project.Folder, "obj"), "a.grpcrouter.txt", SearchOption.AllDirectories).Length);
    }

    private static string Model(BuildProject project, string name) => File.ReadAllText(Assert.Single(project.Find($"{name}.grpcrouter.txt")));

    private static Dictionary<string, DateTime> Times(BuildProject project) => project.Find("*")
        .Append(Path.Combine(project.Folder, "bin", "Debug", "net10.0", "app.dll"))
        .ToDictionary(path => path, File.GetLastWriteTimeUtc, StringComparer.Ordinal);
}
