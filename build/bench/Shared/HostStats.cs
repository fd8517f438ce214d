using System.Text.Json;

namespace GrpcRouter.Bench;

/// <summary>Answers each line <c>stats</c> on standard input with a line of JSON, and <c>collect</c> likewise, after a full collection.</summary>
internal static class HostStats
{
    public static void Listen() => new Thread(Answer) { IsBackground = true, Name = "stats" }.Start();

    public static ProcessStats Read() => new(
        Environment.CpuUsage.TotalTime.TotalMicroseconds,
        GC.GetTotalAllocatedBytes(precise: true),
        GC.GetTotalMemory(forceFullCollection: false),
        Environment.WorkingSet,
        GC.CollectionCount(0),
        GC.CollectionCount(1),
        GC.CollectionCount(2),
        ThreadPool.ThreadCount);

    private static void Answer()
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == "collect")
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }

            if (line is "stats" or "collect")
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(Read()));
                Console.Out.Flush();
            }
        }
    }
}
