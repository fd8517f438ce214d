namespace GrpcRouter.RepositoryTests;

public sealed class ProjectReferenceTests
{
    private const string Metapackage = "src/GrpcRouter";

    private static readonly Dictionary<string, string[]> Table = ReadTable();

    [Fact]
    public void Every_project_of_src_and_generators_references_exactly_what_the_table_says()
    {
        var actual = Shipped().ToDictionary(project => project.Folder, References, StringComparer.Ordinal);

        Assert.Equal(Describe(Table), Describe(actual));
    }

    [Fact]
    public void Src_and_generators_never_compile_against_each_other()
    {
        foreach (var project in Shipped())
        {
            foreach (var reference in project.References.Where(reference => reference.Area != project.Area))
            {
                Assert.True(project.Folder == Metapackage && reference.BuildOrderOnly, $"{project.Folder} references {reference.Folder}");
            }
        }
    }

    [Fact]
    public void Samples_reference_nothing_but_src_and_samples()
    {
        var strangers =
            from project in ProjectFile.All
            where project.Area == "samples"
            from reference in project.References
            where reference.Area is not ("src" or "samples") && !reference.BuildOrderOnly
            select $"{project.Folder} references {reference.Folder}";

        Assert.Empty(strangers);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Lines("GrpcRouter.sln")
            .Where(line => line.StartsWith("Project(", StringComparison.Ordinal) && line.Contains(".csproj\"", StringComparison.Ordinal))
            .Select(line => line.Split('"')[5].Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

        Assert.Equal(ProjectFile.All.Select(project => project.Path).Where(BelongsToTheSolution), solution);
    }

    [Fact]
    public void Every_project_with_tests_is_run_by_the_test_command()
    {
        var unseen =
            from project in ProjectFile.All
            where Repository.Read(project.Path).Contains("\"xunit.v3\"", StringComparison.Ordinal)
            where project.Area != "tests" || !project.Path.EndsWith("Tests.csproj", StringComparison.Ordinal) || project.Path.Count(letter => letter == '/') != 2
            select project.Path;

        Assert.Empty(unseen);
    }

    // Projects that tests build as their subject live below a test project and stand alone.
    private static bool BelongsToTheSolution(string path) => !path.StartsWith("tests/", StringComparison.Ordinal) || path.Count(letter => letter == '/') == 2;

    private static IEnumerable<ProjectFile> Shipped() => ProjectFile.All.Where(project => project.Area is "src" or "generators");

    private static string[] References(ProjectFile project) =>
        [.. project.References.Select(reference => reference.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Describe(Dictionary<string, string[]> map) =>
        map.Select(row => $"{row.Key} -> {string.Join(", ", row.Value)}").Order(StringComparer.Ordinal);

    private static Dictionary<string, string[]> ReadTable() =>
        Repository.Lines("CONTRIBUTING.md")
            .SkipWhile(line => line != "| project | references |")
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(
                cells => cells[1],
                cells => cells[2].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToArray(),
                StringComparer.Ordinal);
}
