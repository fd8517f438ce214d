using Microsoft.Extensions.Logging;

namespace GrpcRouter.Core.Tests;

/// <summary>An audit log in a folder of its own, which goes with the test.</summary>
internal sealed class AuditFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("grpcrouter-audit-");

    public string Path => System.IO.Path.Combine(folder.FullName, "audit.jsonl");

    public string[] Files => [.. folder.EnumerateFiles("*.jsonl").Select(static file => file.Name).Order(StringComparer.Ordinal)];

    public string[] Lines => File.ReadAllLines(Path);

    public AuditLog Open(TimeProvider? time = null, ILogger? log = null, long maxFileSize = 1 << 20) => AuditLog.Open(new AuditOptions { Path = Path, MaxFileSize = maxFileSize }, time, log);

    /// <summary>A log of some entries, closed.</summary>
    /// <param name="entries">Entries besides the first, which says that the log was opened.</param>
    public async Task<AuditHead> WriteAsync(int entries)
    {
        await using AuditLog log = Open();
        for (int i = 0; i < entries; i++)
        {
            log.Write(new AuditEntry(AuditEvents.Registered) { Service = "greet.Greeter", Instance = $"instance-{i}", Reason = "because" });
        }

        await log.FlushAsync().Soon();
        return log.Head;
    }

    public AuditVerification Verify(AuditHead? known = null) => AuditLogVerifier.Verify(Path, known);

    public void Dispose() => folder.Delete(recursive: true);
}
