using System.Text.Json;

namespace GrpcRouter.Bench;

/// <summary>One of the benchmark's own programs. It answers for itself.</summary>
internal sealed class HostProcess : ServerProcess
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<ProcessStats>? _stats;
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HostProcess(string name, string program, string folder, params IEnumerable<string> arguments)
        : base(name, "dotnet", [Programs.PathOf(program), .. arguments], folder, inputs: true)
    {
    }

    /// <summary>Completes when a program of instances says that all of them are registered, or one of streams that they are open.</summary>
    public async Task WhenRegisteredAsync(TimeSpan patience)
    {
        Task ended = Process.WaitForExitAsync();
        if (await Task.WhenAny(_registered.Task, ended, Task.Delay(patience)) != _registered.Task)
        {
            ThrowIfEnded();
            throw new BenchException($"{Name} did not register within {patience}:\n{Log()}");
        }
    }

    public override async Task<Usage> ReadAsync()
    {
        ProcessStats stats = await StatsAsync();
        return new Usage(stats.CpuMicroseconds, stats.AllocatedBytes, stats.WorkingSet);
    }

    /// <summary>Asks the program; with <paramref name="collect"/>, after a full collection.</summary>
    public async Task<ProcessStats> StatsAsync(bool collect = false)
    {
        TaskCompletionSource<ProcessStats> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _stats = answer;
        }

        ThrowIfEnded();
        await Process.StandardInput.WriteLineAsync(collect ? "collect" : "stats");
        await Process.StandardInput.FlushAsync();
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    protected override void Take(string? line)
    {
        if (line is null || !line.StartsWith('{'))
        {
            base.Take(line);
            if (line?.EndsWith("instances are registered.", StringComparison.Ordinal) == true || line?.EndsWith("streams are open.", StringComparison.Ordinal) == true)
            {
                _registered.TrySetResult();
            }

            return;
        }

        lock (_gate)
        {
            _stats?.TrySetResult(JsonSerializer.Deserialize<ProcessStats>(line)!);
        }
    }
}
