using System.Buffers;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcRouter;

/// <summary>
/// Writes the audit log: entries wait in a bounded queue, and one writer takes those that have come together, chains them, writes them and flushes them to the disk. Nobody who has
/// something to say waits for the disk: while that is full or gone, entries wait, and those over <see cref="AuditOptions.QueueLimit"/> are lost, which is logged, counted and written as
/// soon as there is room.
/// </summary>
public sealed class AuditLog : IAuditLog, IDisposable, IAsyncDisposable
{
    // Enough for one flush to the disk to be worth it, little to hold.
    private const int BatchBytes = 256 * 1024;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly AuditOptions options;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly AuditFile file;
    private readonly Channel<PendingAudit> queue;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task writer;
    private AuditHead head;
    private long lost;
    private long told;
    private int failing;

    private AuditLog(AuditOptions options, TimeProvider time, ILogger log, AuditFile file, AuditTail tail)
    {
        this.options = options;
        this.time = time;
        this.log = log;
        this.file = file;
        head = new AuditHead(tail.Sequence, tail.Hash);

        // Bounded: what is to be written comes from peers, and the disk may be slower than they are.
        queue = Channel.CreateBounded<PendingAudit>(new BoundedChannelOptions(options.QueueLimit) { SingleReader = true });
        Begin(tail);
        writer = Task.Run(WriteAsync);
    }

    /// <summary>The last entry that is written.</summary>
    public AuditHead Head => Volatile.Read(ref head);

    /// <summary>Entries that were lost since the log was opened.</summary>
    public long Lost => Volatile.Read(ref lost);

    /// <summary>The file cannot be written at the moment.</summary>
    public bool IsFailing => Volatile.Read(ref failing) != 0;

    /// <summary>Opens a log, and goes on with it where it ended. A line that a crash left unfinished is taken away, which the next entry says.</summary>
    /// <param name="options">Where it is, and how it is written.</param>
    /// <param name="time">The clock; default the system's.</param>
    /// <param name="log">Takes what is wrong with the log; default none.</param>
    /// <exception cref="InvalidOperationException">There is no path, another router writes the file, or it cannot be written.</exception>
    public static AuditLog Open(AuditOptions options, TimeProvider? time = null, ILogger? log = null) =>
        Open(options, time, log, static (path, how) => new FileStream(path, how));

    internal static AuditLog Open(AuditOptions options, TimeProvider? time, ILogger? log, Func<string, FileStreamOptions, FileStream> open)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.Path))
        {
            throw new InvalidOperationException("The audit log needs a path.");
        }

        try
        {
            AuditFile file = AuditFile.Open(options, open, out AuditTail tail);
            return new AuditLog(options, time ?? TimeProvider.System, log ?? NullLogger.Instance, file, tail);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The audit log {options.Path} cannot be written. {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Write(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (queue.Writer.TryWrite(new PendingAudit(time.GetUtcNow(), AuditBounds.Cut(entry), Written: null)))
        {
            return;
        }

        AuditMetrics.Lost.Add(1);
        if (Interlocked.Increment(ref lost) - Volatile.Read(ref told) == 1)
        {
            log.AuditLoses(options.Path!, options.QueueLimit);
        }
    }

    /// <summary>Waits until all entries so far are safe, as <see cref="AuditOptions.Flush"/> says.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync(new PendingAudit(default, Entry: null, written), cancellationToken).ConfigureAwait(false);
        await written.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what waits, unless the file cannot be written, and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stopping.CancelAsync().ConfigureAwait(false);
        await writer.ConfigureAwait(false);
        stopping.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Begin(AuditTail tail)
    {
        log.AuditStands(options.Path!, tail.Sequence, tail.Hash);
        if (tail.Problem is { } problem)
        {
            log.AuditTampered(options.Path!, problem);
            Write(new AuditEntry(AuditEvents.LogRecovered) { Reason = problem });
        }

        if (tail.Torn.Length > 0)
        {
            log.AuditTorn(options.Path!, tail.Torn.Length);
            Write(new AuditEntry(AuditEvents.LogRecovered)
            {
                Reason = "The last line was not finished, as a crash leaves it, and was taken away.",
                Details = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["bytes"] = tail.Torn.Length.ToString(CultureInfo.InvariantCulture),
                    ["sha256"] = AuditHash.Of(tail.Torn),
                },
            });
        }

        Write(new AuditEntry(AuditEvents.LogOpened));
    }

    private async Task WriteAsync()
    {
        ArrayBufferWriter<byte> lines = new(4096);
        List<TaskCompletionSource> waiting = [];
        int unwritten = 0;
        while (await queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            (long sequence, string hash) = Head;
            long first = sequence + 1;
            lines.ResetWrittenCount();
            waiting.Clear();
            if (Lost is var now && now > told)
            {
                hash = AuditLine.Write(++sequence, time.GetUtcNow(), Losses(now - told), hash, lines);
                Volatile.Write(ref told, now);
            }

            while (lines.WrittenCount < BatchBytes && queue.Reader.TryRead(out PendingAudit pending))
            {
                if (pending.Entry is { } entry)
                {
                    hash = AuditLine.Write(++sequence, pending.Time, entry, hash, lines);
                }

                if (pending.Written is { } written)
                {
                    waiting.Add(written);
                }
            }

            int count = (int)(sequence + 1 - first);
            if (count > 0 && (unwritten > 0 || !await TryAppendAsync(lines.WrittenMemory, first).ConfigureAwait(false)))
            {
                unwritten += count;
                waiting.ForEach(static written => written.TrySetException(new IOException("The audit log was closed and could not be written.")));
                continue;
            }

            Volatile.Write(ref head, new AuditHead(sequence, hash));
            AuditMetrics.Written.Add(count);
            waiting.ForEach(static written => written.TrySetResult());
        }

        if (unwritten > 0)
        {
            log.AuditUnfinished(options.Path!, unwritten);
        }

        log.AuditStands(options.Path!, Head.Sequence, Head.Hash);
        file.Dispose();
    }

    /// <returns>False when the log is closed and they cannot be written.</returns>
    private async Task<bool> TryAppendAsync(ReadOnlyMemory<byte> lines, long first)
    {
        TimeSpan wait = FirstRetry;
        while (true)
        {
            try
            {
                RotateIfFull();
                if (!file.Append(lines.Span, first))
                {
                    log.AuditTampered(options.Path!, "Somebody else has written to it or shortened it.");
                }

                if (Interlocked.Exchange(ref failing, 0) != 0)
                {
                    log.AuditWorks(options.Path!);
                }

                return true;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                if (Interlocked.Exchange(ref failing, 1) == 0)
                {
                    log.AuditFails(options.Path!, error.Message);
                }
            }

            if (stopping.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(wait, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry;
        }
    }

    private void RotateIfFull()
    {
        if (!file.IsFull)
        {
            return;
        }

        try
        {
            file.Rotate();
            log.AuditStands(options.Path!, Head.Sequence, Head.Hash);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.AuditNotRotated(options.Path!, error.Message);
        }
    }

    private static AuditEntry Losses(long count) => new(AuditEvents.EntriesLost)
    {
        Reason = "More entries were waiting to be written than may.",
        Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["entries"] = count.ToString(CultureInfo.InvariantCulture) },
    };
}
