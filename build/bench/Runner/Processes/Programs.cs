namespace GrpcRouter.Bench;

/// <summary>Where the benchmark's own programs are.</summary>
internal static class Programs
{
    /// <summary>The folder of all of them, <c>build/bench</c>.</summary>
    public static string Folder { get; } = FindFolder();

    public static string PathOf(string program) => Path.Combine(Folder, program, "bin", "Release", "net10.0", $"{program}.dll");

    public static bool Has(string program) => File.Exists(PathOf(program));

    private static string FindFolder()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "greet.proto")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new BenchException($"There is no benchmark above {AppContext.BaseDirectory}.");
        }

        return folder;
    }
}
