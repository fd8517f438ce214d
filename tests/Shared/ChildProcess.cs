using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace GrpcRouter.Tests;

/// <summary>A program in a process of its own, which ends with the test at the latest.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly List<string> seen = [];
    private int open = 2;

    private ChildProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    /// <summary>What it has printed.</summary>
    public string Transcript
    {
        get
        {
            lock (seen)
            {
                return string.Join('\n', seen);
            }
        }
    }

    /// <summary>Starts a .NET program.</summary>
    /// <param name="assembly">Path of its assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ChildProcess Start(string assembly, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ChildProcess(new Process { StartInfo = start });
    }

    /// <summary>The first group of the next line that matches.</summary>
    public async Task<string> WaitFor(string pattern)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(limit.Token))
            {
                if (Regex.Match(line, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } match)
                {
                    return match.Groups[1].Value;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The message below says more.
        }

        throw new InvalidOperationException($"No line like '{pattern}' in:\n{Transcript}");
    }

    public async Task<int> WaitForExit()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Ends it as SIGKILL does: it has no chance to say goodbye.</summary>
    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            lock (seen)
            {
                seen.Add(line);
            }

            lines.Writer.TryWrite(line);
        }
        else if (Interlocked.Decrement(ref open) == 0)
        {
            lines.Writer.TryComplete();
        }
    }
}
