using GrpcRouter;

// audit-writer PATH MAX-FILE-SIZE: prints the number of the last entry that is safe, again and again.
await using AuditLog log = AuditLog.Open(new AuditOptions { Path = args[0], MaxFileSize = long.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) });
Console.WriteLine("open");
for (int i = 0; ; i++)
{
    log.Write(new AuditEntry(AuditEvents.Registered) { Instance = $"instance-{i}", Reason = new string('x', i % 700) });
    if (i % 50 == 0)
    {
        await log.FlushAsync();
        Console.WriteLine($"safe {log.Head.Sequence} {log.Head.Hash}");
    }
}
