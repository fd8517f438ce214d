using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GrpcRouter.InteropTests;

/// <summary>One run of a client of another language, which prints a line for each of its cases.</summary>
internal sealed partial class ForeignClient
{
    private readonly Dictionary<string, string?> failures = new(StringComparer.Ordinal);
    private readonly string transcript;

    private ForeignClient(string transcript)
    {
        this.transcript = transcript;
        foreach (Match line in Line().Matches(transcript))
        {
            failures.Add(line.Groups[2].Value, line.Groups[1].Value == "ok" ? null : line.Groups[3].Value);
        }
    }

    /// <summary>The cases that the client has.</summary>
    public IEnumerable<string> Cases => failures.Keys;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="directory">Where it runs.</param>
    /// <param name="program">Its file name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<ForeignClient> RunAsync(string directory, string program, params string[] arguments)
    {
        var (output, _) = await RunToEndAsync(directory, program, arguments);
        return new ForeignClient($"{program} {string.Join(' ', arguments)}\n{output}");
    }

    /// <summary>Whether a program can be run and ends with 0.</summary>
    public static async Task<bool> SucceedsAsync(string program, params string[] arguments)
    {
        try
        {
            return (await RunToEndAsync(Path.GetTempPath(), program, arguments)).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Fails unless the client said that the case is right.</summary>
    public void AssertOk(string name)
    {
        Assert.True(failures.TryGetValue(name, out var failure), $"No word of '{name}' from\n{transcript}");
        Assert.True(failure is null, failure);
    }

    private static async Task<(string Output, int ExitCode)> RunToEndAsync(string directory, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Loopback needs no proxy, and both clients would use one for it.
        start.Environment["no_grpc_proxy"] = "127.0.0.1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return (await output + await error, process.ExitCode);
    }

    [GeneratedRegex(@"^(ok|not ok) ([\w-]+)(?:: (.*))?\r?$", RegexOptions.Multiline, 1000)]
    private static partial Regex Line();
}
