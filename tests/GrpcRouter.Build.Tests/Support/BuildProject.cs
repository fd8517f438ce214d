using System.Diagnostics;

namespace GrpcRouter.Build.Tests;

/// <summary>A project in a temporary folder that uses the package's targets, built by the SDK's command line.</summary>
internal sealed class BuildProject : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <param name="items">The project's Protobuf items.</param>
    /// <param name="properties">More properties.</param>
    public BuildProject(string items, string properties = "<TargetFramework>net10.0</TargetFramework>")
    {
        // Characters that MSBuild, protoc or a shell might stumble over.
        Folder = folder.File("my @pp ü");
        Write("app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {properties}
                <LangVersion>latest</LangVersion>
                <UseSharedCompilation>false</UseSharedCompilation>
                <NuGetAudit>false</NuGetAudit>
                <GrpcRouterTaskAssembly>{Locations.TaskAssembly}</GrpcRouterTaskAssembly>
                <GrpcRouterProtosPath>{Locations.RouterImports}</GrpcRouterProtosPath>
              </PropertyGroup>
              <Import Project="{Locations.RepositoryRoot}src/GrpcRouter/build/GrpcRouter.props" />
              <ItemGroup>
                <PackageReference Include="Google.Protobuf" Version="{Locations.PackageVersion("Google.Protobuf")}" />
                <PackageReference Include="Grpc.Tools" Version="{Locations.PackageVersion("Grpc.Tools")}" PrivateAssets="all" />
                <Protobuf Include="{Locations.RouterImports}/**/*.proto" ProtoRoot="{Locations.RouterImports}" GrpcServices="None" GrpcRouter="None" />
              </ItemGroup>
              <ItemGroup>
                {items}
              </ItemGroup>
            </Project>
            """);
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", $"""<Project><Import Project="{Locations.RepositoryRoot}src/GrpcRouter/build/GrpcRouter.targets" /></Project>""");
    }

    public string Folder { get; }

    public string Generated => Path.Combine(Folder, "obj", "Debug", "net10.0", "router-protos");

    public string Write(string name, string text) => folder.Write(Path.Combine(Folder, name), text);

    public IReadOnlyList<string> Find(string pattern) => Directory.Exists(Generated)
        ? [.. Directory.EnumerateFiles(Generated, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    public BuildOutput Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "-nodeReuse:false", "-tl:off"])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new BuildOutput(process.ExitCode, output + error.Result);
    }

    public void Dispose() => folder.Dispose();
}
