using System.Diagnostics;

namespace GrpcRouter.Bench;

/// <summary>A process that the benchmark started, and ends.</summary>
internal abstract class ServerProcess : IDisposable
{
    private readonly string _log;

    protected ServerProcess(string name, string command, IEnumerable<string> arguments, string folder, bool inputs)
    {
        Name = name;
        _log = Path.Combine(folder, $"{name}.log");
        ProcessStartInfo start = new(command, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = inputs,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process = Process.Start(start) ?? throw new BenchException($"{command} did not start.");
        Process.OutputDataReceived += (_, line) => Take(line.Data);
        Process.ErrorDataReceived += (_, line) => Take(line.Data);
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id => Process.Id;

    protected Process Process { get; }

    public abstract Task<Usage> ReadAsync();

    /// <summary>The last lines it wrote.</summary>
    public string Log()
    {
        lock (_log)
        {
            return File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(20)) : "";
        }
    }

    public void ThrowIfEnded()
    {
        if (Process.HasExited)
        {
            throw new BenchException($"{Name} ended with {Process.ExitCode}:\n{Log()}");
        }
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit();
        }

        Process.Dispose();
    }

    protected virtual void Take(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                File.AppendAllText(_log, line + "\n");
            }
        }
    }
}
