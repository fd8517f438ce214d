using System.Text.Json;

namespace GrpcRouter.Build.Tests;

public sealed class DesignTimeBuildTests
{
    private static readonly string[] DesignTime =
    [
        "msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-getItem:AdditionalFiles",
    ];

    [Fact]
    public void An_editor_sees_the_model_and_keeps_it_while_the_file_is_broken()
    {
        using var project = new BuildProject("<Protobuf Include=\"a.proto\" GrpcServices=\"None\" />");
        var proto = project.Write("a.proto", "syntax = \"proto3\"; message M {} service S { rpc Call (M) returns (M); }");
        project.Run("restore").AssertSuccess();

        var model = Assert.Single(Models(project.Run(DesignTime)));
        Assert.Contains("method\tCall\t", File.ReadAllText(model), StringComparison.Ordinal);
        Assert.Contains("build_metadata.AdditionalFiles.GrpcRouterModel = true", EditorConfig(project), StringComparison.Ordinal);

        File.AppendAllText(proto, "service {");
        var broken = project.Run([.. DesignTime, "-getResultOutputFile:items.json"]);

        Assert.Contains("a.proto(1,80: GRPCR001", broken.Errors);
        Assert.Contains("method\tCall\t", File.ReadAllText(model), StringComparison.Ordinal);
        Assert.Contains("a.grpcrouter.txt", EditorConfig(project), StringComparison.Ordinal);
    }

    private static string[] Models(BuildOutput output)
    {
        output.AssertSuccess();
        using var json = JsonDocument.Parse(output.Text);
        return [.. json.RootElement.GetProperty("Items").GetProperty("AdditionalFiles").EnumerateArray()
            .Where(item => item.TryGetProperty("GrpcRouterModel", out var flag) && flag.GetString() == "true")
            .Select(item => item.GetProperty("FullPath").GetString()!)];
    }

    private static string EditorConfig(BuildProject project) => File.ReadAllText(
        Path.Combine(project.Folder, "obj", "Debug", "net10.0", "app.GeneratedMSBuildEditorConfig.editorconfig"));
}
