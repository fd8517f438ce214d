using System.Diagnostics;
using System.Reflection;
using GrpcRouter.PackageTests;

[assembly: AssemblyFixture(typeof(PackageWork))]

namespace GrpcRouter.PackageTests;

/// <summary>A folder with packages made from this build, and projects that may use them.</summary>
public sealed class PackageWork : IDisposable
{
    /// <summary>Below every published version, and never in a cache that others use.</summary>
    public const string Version = "0.0.1-test";

    private static readonly string Root = Value("RepositoryRoot");

    private readonly string folder = Directory.CreateTempSubdirectory("grpcrouter-").FullName;

    /// <summary>Packs everything that users install.</summary>
    public PackageWork() => Pack();

    /// <summary>Full paths of all packages.</summary>
    public string[] Packages => Directory.GetFiles(PathOf("feed"), "*.nupkg");

    /// <summary>Full path of a package.</summary>
    public string Package(string id) => Path.Combine(folder, "feed", $"{id}.{Version}.nupkg");

    /// <summary>Writes a file below the folder.</summary>
    public void Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Full path of a file below the folder.</summary>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Copies a project of this test project, and files of the repository into it, to a folder of the project's name.</summary>
    /// <param name="name">The project.</param>
    /// <param name="port">The port to use instead of 5000, which may be taken.</param>
    /// <param name="others">Folder and name of the files that it shares with the samples.</param>
    public void CopyProject(string name, int? port, params (string Folder, string File)[] others)
    {
        string[] own = Directory.GetFiles(Path.Combine(Root, "tests/GrpcRouter.PackageTests/projects", name));
        foreach (var file in own.Concat(others.Select(other => Path.Combine(Root, other.Folder, other.File))))
        {
            var text = File.ReadAllText(file).Replace("Version=\"0.1.0\"", $"Version=\"{Version}\"", StringComparison.Ordinal);
            Write($"{name}/{Path.GetFileName(file)}", port is null ? text : text.Replace(":5000\"", $":{port}\"", StringComparison.Ordinal));
        }
    }

    /// <summary>Runs dotnet in a directory below the folder and returns what it printed. Fails the test when it fails.</summary>
    public string Dotnet(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Path.Combine(folder, directory),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + error.Result);
        return output;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Pack()
    {
        Write("pack.proj", $"""
            <Project>
              <ItemGroup>
                <Source Include="{Root}src/GrpcRouter*/*.csproj" Exclude="{Root}src/GrpcRouter.Testing/*.csproj" />
              </ItemGroup>
              <Target Name="Pack">
                <MSBuild Projects="@(Source)" Targets="Pack"
                         Properties="NoBuild=true;Configuration={Value("Configuration")};PackageVersion={Version};PackageOutputPath={folder}/feed" />
              </Target>
            </Project>
            """);
        Dotnet("", "msbuild", "pack.proj", "-t:Pack", "-v:q");
        Write("nuget.config", $"""
            <configuration>
              <packageSources><add key="built" value="{folder}/feed" /></packageSources>
            </configuration>
            """);
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <RestorePackagesPath>{folder}/packages</RestorePackagesPath>
                <RestoreFallbackFolders>{Value("PackagesFolder")}</RestoreFallbackFolders>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
            </Project>
            """);
    }

    private static string Value(string key) => typeof(PackageWork).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
