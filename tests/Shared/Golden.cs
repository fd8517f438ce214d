using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace GrpcRouter.Tests;

/// <summary>Compares text with a file under the test project's Golden folder. UPDATE_GOLDEN=1 rewrites the file instead.</summary>
internal static class Golden
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    /// <param name="name">File name under Golden, with extension.</param>
    /// <param name="actual">The text to compare; LF line ends.</param>
    /// <param name="caller">Filled in by the compiler: the golden files lie beside the test.</param>
    public static void Matches(string name, string actual, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(OnThisMachine(caller))!, "Golden", name);
        if (Update)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing. Run with UPDATE_GOLDEN=1 and review it.");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (expected != actual)
        {
            var line = FirstDifference(expected.Split('\n'), actual.Split('\n'));
            Assert.Fail($"{name} differs from line {line + 1} on. Run with UPDATE_GOLDEN=1 and review the change. Actual text:\n{actual}");
        }
    }

    // A deterministic build writes /_/ for the root of the repository.
    private static string OnThisMachine(string path)
    {
        const string Root = "/_/";
        if (!path.StartsWith(Root, StringComparison.Ordinal))
            return path;

        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GrpcRouter.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"No GrpcRouter.sln above {AppContext.BaseDirectory}.");
        return Path.Combine(folder, path[Root.Length..]);
    }

    private static int FirstDifference(string[] expected, string[] actual)
    {
        var line = 0;
        while (line < expected.Length && line < actual.Length && expected[line] == actual[line])
        {
            line++;
        }

        return line;
    }
}
