namespace GrpcRouter.Bench;

/// <summary>What the router is to reach, beside what it did reach.</summary>
internal static class Goals
{
    public static Table Of(Figures figures)
    {
        Table table = new(["what", "goal", "here", "reached", .. Peers.Names]);
        RowResult? unary = figures.Row("unary-11B");
        Add("calls of 11 B a second, of direct", 0.85, atLeast: true, 2, target => unary?.OfDirect(target, static figure => figure.Rate));
        Add("CPU of such a call in front, us", unary?.Median("nghttpx", static figure => figure.FrontCpu), atLeast: false, 2, target => unary?.Median(target, static figure => figure.FrontCpu));
        Line("CPU of such a call in the instance, of the direct server's", 0.4, atLeast: false, 2, unary?.OfDirect(Target.Router, static figure => figure.BehindCpu));
        Line("bytes allocated for such a call, beyond Kestrel's own", 0, atLeast: false, 0, unary?.Beyond(Target.Router, Target.Bare, static figure => figure.FrontAllocated));
        Add("one call at a time, p50 added to direct, us", 45, atLeast: false, 0, target => figures.Row("one")?.Beyond(target, Target.Direct, static figure => figure.P50));
        Add("server streaming, CPU of a message of 11 B in front, us", 0.2, atLeast: false, 2, target => figures.Row("stream-11B")?.Median(target, static figure => figure.FrontCpu));
        Add("1 MiB messages to the client, bytes a second, of direct", 0.8, atLeast: true, 2, target => figures.Row("bulk-down")?.OfDirect(target, static figure => figure.Rate));
        Add("1 MiB messages to the server, bytes a second, of direct", 0.8, atLeast: true, 2, target => figures.Row("bulk-up")?.OfDirect(target, static figure => figure.Rate));
        RowResult? fleet = figures.Row(FleetRun.OneName);
        double? few = fleet?.Median(FleetRun.FewName, static figure => figure.FrontCpu);
        Line("CPU of a call, one at a time, with 10,000 instances, of that with 10", 1.1, atLeast: false, 2, fleet?.Median(FleetRun.ManyName, static figure => figure.FrontCpu) / few);
        string anchor = figures.BytesPerStream is { } bytes ? $" (of a connection with a stream at the direct server: {bytes / 1024:0.0})" : "";
        Line($"router memory of an idle instance, KiB{anchor}", 45, atLeast: false, 1, figures.BytesPerInstance / 1024);
        IsolationFigure? neighbours = figures.Isolation.Find(static figure => figure.Name == "neighbours-p99");
        Line("p99 of small calls beside a stuck and a greedy stream on their channel, of that alone", 1.1, atLeast: false, 2, neighbours?.Beside / neighbours?.Alone);
        return table;

        void Add(string what, double? goal, bool atLeast, int decimals, Func<string, double?> of) =>
            Row(what, goal, atLeast, decimals, of(Target.Router), [.. Peers.Names.Select(peer => Table.Number(of(peer), decimals))]);

        void Line(string what, double goal, bool atLeast, int decimals, double? here) => Row(what, goal, atLeast, decimals, here, [.. Peers.Names.Select(static _ => "")]);

        void Row(string what, double? goal, bool atLeast, int decimals, double? here, string[] peers)
        {
            if (here is { } figure && goal is { } bound)
            {
                string reached = (atLeast ? figure >= bound : figure <= bound) ? "yes" : "no";
                table.Add([what, (atLeast ? ">= " : "<= ") + Table.Number(bound, decimals), Table.Number(figure, decimals), reached, .. peers]);
            }
        }
    }
}
