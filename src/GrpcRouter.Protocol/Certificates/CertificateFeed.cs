using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>
/// Keeps certificates up to date: looks at their source again and again, sooner when its files tell of a change, and puts what can be used in the place of what was there. What
/// uses them takes <see cref="Current"/> each time.
/// </summary>
internal sealed class CertificateFeed<T> : ICertificateFeed, IDisposable
    where T : CertificateMaterial
{
    // A file is seldom written at once, and one that is half written would be refused for all to see.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CertificateMetrics metrics;
    private readonly CertificateExpiry expiry = new();
    private readonly FileWatch watch;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource disposed = new();
    private readonly ITimer timer;
    private CertificateSource<T> source;
    private TimeSpan interval;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? current;
    private string? refusal;
    private int hinted;

    /// <param name="use">What the certificates are for; one of <see cref="CertificateUse"/>.</param>
    /// <param name="source">Where they are read.</param>
    /// <param name="interval">How often.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Takes what happens to them.</param>
    /// <param name="scope">Whom they belong to, for metrics.</param>
    public CertificateFeed(string use, CertificateSource<T> source, TimeSpan interval, TimeProvider time, ILogger log, object scope)
    {
        Use = use;
        this.source = source;
        this.interval = interval;
        this.time = time;
        this.log = log;
        metrics = new CertificateMetrics(use, () => this.source.Name, SecondsLeft, scope);
        watch = new FileWatch(Hint);
        timer = time.CreateTimer(static state => ((CertificateFeed<T>)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Use { get; }

    public string Source => source.Name;

    CertificateMaterial? ICertificateFeed.Current => Current;

    /// <summary>What is in use; null until something could be read.</summary>
    public T? Current => Volatile.Read(ref current);

    /// <summary>Why what the source has cannot be used; null: it can.</summary>
    public string? Refusal => Volatile.Read(ref refusal);

    /// <summary>Completes when <see cref="Current"/> is something else than the given.</summary>
    public Task ChangedFrom(T? known)
    {
        Task next = Volatile.Read(ref changed).Task;
        return ReferenceEquals(Current, known) ? next : Task.CompletedTask;
    }

    /// <summary>Gives what is in use, and reads it where there is nothing yet.</summary>
    /// <exception cref="CertificateException">There is nothing that could be used.</exception>
    public async ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        if (Current is null)
        {
            await CheckAsync(cancellationToken).ConfigureAwait(false);
        }

        return Current ?? throw new CertificateException($"The {Use} certificates of {Source} cannot be used: {Refusal}");
    }

    /// <summary>Looks at the source, and gives what is in use then. A source that takes too long is waited for only where there is nothing yet.</summary>
    /// <exception cref="CertificateException">There is nothing that could be used.</exception>
    public async ValueTask<T> RefreshAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(patience, time);
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await CheckAsync(waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What there is must do.
        }

        return Current ?? throw new CertificateException($"The {Use} certificates of {Source} cannot be used: {Refusal ?? "they did not come in time"}");
    }

    /// <summary>Reads from somewhere else from now on. What is in use stays until that can be read.</summary>
    public void Follow(CertificateSource<T> other, TimeSpan otherInterval)
    {
        Volatile.Write(ref source, other);
        interval = otherInterval;
        Hint();
    }

    /// <summary>Looks at the source now, and goes on doing so from then on.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Interlocked.Exchange(ref hinted, 0);
            if (disposed.IsCancellationRequested)
            {
                return;
            }

            CertificateSource<T> from = Volatile.Read(ref source);
            watch.Follow(from.Files);
            timer.Change(interval, interval);
            await ReadAsync(from, cancellationToken).ConfigureAwait(false);
            SayExpiry();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Looks at the source soon.</summary>
    public void Hint()
    {
        // One look is enough for all that changes until then.
        if (Interlocked.Exchange(ref hinted, 1) == 0)
        {
            try
            {
                timer.Change(Settling < interval ? Settling : interval, interval);
            }
            catch (ObjectDisposedException)
            {
                // A file has changed at the very end.
            }
        }
    }

    public void Dispose()
    {
        disposed.Cancel();
        timer.Dispose();
        watch.Dispose();
        metrics.Dispose();
    }

    private async Task ReadAsync(CertificateSource<T> from, CancellationToken cancellationToken)
    {
        T? known = current;
        try
        {
            T read = await from.ReadAsync(known, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref refusal, null);
            if (ReferenceEquals(read, known))
            {
                return;
            }

            DateTimeOffset now = time.GetUtcNow();
            if (known?.Expires > now && read.Expires <= now && read is KeyedCertificate)
            {
                throw new CertificateException($"it has expired at {read.Expires:u}");
            }

            Volatile.Write(ref current, read);
            metrics.Taken();
            log.CertificatesTaken(Use, from.Name, read.Description);
            Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Refuse(from, Reason(error));
        }
    }

    // Once for each reason: what is broken may stay so for days.
    private void Refuse(CertificateSource<T> from, string reason)
    {
        metrics.Refused();
        if (Interlocked.Exchange(ref refusal, reason) != reason)
        {
            log.CertificatesRefused(Use, from.Name, reason);
        }
    }

    private static string Reason(Exception error) =>
        error.InnerException is { } inner && inner.Message != error.Message ? $"{error.Message} {inner.Message}" : error.Message;

    private void SayExpiry()
    {
        if (current is null)
        {
            return;
        }

        DateTimeOffset now = time.GetUtcNow();
        foreach (X509Certificate2 certificate in expiry.Due(current.Watched, now))
        {
            TimeSpan left = CertificateExpiry.Left(certificate, now);
            DateTimeOffset expires = new(certificate.NotAfter.ToUniversalTime());
            if (left > TimeSpan.Zero)
            {
                log.CertificateExpires(Use, certificate.Subject, certificate.SerialNumber, Source, expires, left.TotalDays);
            }
            else
            {
                log.CertificateExpired(Use, certificate.Subject, certificate.SerialNumber, Source, expires);
            }
        }
    }

    private double? SecondsLeft() => Current is { } material ? (material.Expires - time.GetUtcNow()).TotalSeconds : null;

    private void Tick() => _ = LookAsync();

    // What it finds it says itself; it fails only when the feed is gone.
    private async Task LookAsync() => await CheckAsync(disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
