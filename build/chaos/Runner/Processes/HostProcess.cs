using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace GrpcRouter.Chaos;

/// <summary>A router or an instance in a process of its own. It ends with the runner, and by its id alone.</summary>
internal abstract class HostProcess : IAsyncDisposable
{
    private const int LogError = 4;
    private const int LogWarning = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> questions = new();
    private readonly TaskCompletionSource<int> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<LogLine> log = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly SemaphoreSlim asking = new(1);
    private readonly Task ended;
    private Freeze? freeze;
    private volatile bool ending;
    private int lastQuestion;

    protected HostProcess(string host, HostSettings settings)
    {
        Settings = settings;
        ProcessStartInfo start = new("dotnet", [Programs.PathOf(host), JsonSerializer.Serialize(settings)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start) ?? throw new ChaosException($"{host} did not start.");
        ended = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync(), process.WaitForExitAsync());
    }

    public HostSettings Settings { get; }

    public string Name => Settings.Name;

    public int Id => process.Id;

    /// <summary>It was killed, so that what it had under way is lost.</summary>
    public bool Killed { get; private set; }

    public bool HasEnded => ended.IsCompleted;

    /// <summary>Completes when it listens, with the port; an instance never does.</summary>
    public Task<int> Listening => listening.Task;

    /// <summary>All it logged, and what it wrote to standard error.</summary>
    public IEnumerable<string> Lines => log.Select(static line => line.ToString()).Concat(errors);

    /// <summary>Warnings and errors it logged.</summary>
    public IEnumerable<LogLine> Complaints => log.Where(static line => line.Level is >= LogWarning and <= LogError + 1);

    /// <summary>What is wrong with how it ended; null when it runs, or ended as it was told.</summary>
    public string? Fault =>
        !ended.IsCompleted || Killed || (ending && process.ExitCode == 0)
            ? null
            : $"{Name} ended with {process.ExitCode}{(ending ? "" : " by itself")}:\n{string.Join('\n', Lines.TakeLast(20))}";

    /// <summary>SIGKILL, and the end of it.</summary>
    public async Task KillAsync()
    {
        Killed = true;
        process.Kill();
        await ended;
    }

    /// <summary>SIGTERM: it leaves in order.</summary>
    public void Terminate()
    {
        ending = true;
        Signals.Terminate(process.Id);
    }

    public Task WhenEndedAsync() => ended;

    /// <summary>SIGSTOP: it does nothing more, and cannot know it.</summary>
    public async Task FreezeAsync() => freeze = await Freeze.StopAsync(process.Id);

    /// <summary>SIGCONT.</summary>
    public async Task ThawAsync()
    {
        if (Interlocked.Exchange(ref freeze, null) is { } frozen)
        {
            await frozen.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!ended.IsCompleted)
        {
            await KillAsync();
        }

        await ThawAsync();
        process.Dispose();
        asking.Dispose();
    }

    protected async Task<T> AskAsync<T>(string words)
    {
        int number = Interlocked.Increment(ref lastQuestion);
        TaskCompletionSource<JsonElement> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        questions[number] = answer;
        await asking.WaitAsync();
        try
        {
            await process.StandardInput.WriteLineAsync($"{number} {words}");
            await process.StandardInput.FlushAsync();
        }
        finally
        {
            asking.Release();
        }

        await Task.WhenAny(answer.Task, ended, Task.Delay(Patience, TimeProvider.System));
        return answer.Task.IsCompleted ? (await answer.Task).Deserialize<T>()!
            : throw new ChaosException(Fault ?? (HasEnded ? $"{Name} has ended." : $"{Name} does not answer '{words}' within {Patience.TotalSeconds} s."));
    }

    private async Task ReadOutputAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } text)
        {
            if (!text.StartsWith('{'))
            {
                errors.Enqueue(text);
                continue;
            }

            HostLine line = JsonSerializer.Deserialize<HostLine>(text)!;
            if (line.Log is { } entry)
            {
                log.Enqueue(entry);
            }

            if (line.Port is { } port)
            {
                listening.TrySetResult(port);
            }

            if (line.Question is { } number && questions.TryRemove(number, out TaskCompletionSource<JsonElement>? question))
            {
                question.TrySetResult(line.Answer!.Value);
            }
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            errors.Enqueue(line);
        }
    }
}
