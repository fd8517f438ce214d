namespace GrpcRouter.Bench;

/// <summary>The figures of the rows, in the columns of the report.</summary>
internal static class Tables
{
    private const double Mebibyte = 1024 * 1024;

    public static Table Throughput(IEnumerable<RowResult> results)
    {
        Table table = new("row", "through", "a second", "unit", "of direct", "CPU in front, us", "CPU behind, us", "allocated, B a call", "beyond Kestrel", "memory, MiB");
        foreach (RowResult result in results.Where(static result => !result.Row.Latency))
        {
            foreach (string target in result.Targets)
            {
                table.Add(
                    result.Row.Title,
                    target,
                    Table.Number(result.Median(target, static figure => figure.Rate)),
                    result.Row.Unit,
                    Table.Number(result.OfDirect(target, static figure => figure.Rate), 2),
                    Table.Number(result.Median(target, static figure => figure.FrontCpu), 2),
                    Table.Number(result.Median(target, static figure => figure.BehindCpu), 2),
                    Table.Number(result.Median(target, static figure => figure.FrontAllocated)),
                    target == Target.Bare ? "" : Table.Number(result.Beyond(target, Target.Bare, static figure => figure.FrontAllocated)),
                    Table.Number(result.Median(target, static figure => figure.FrontResident / Mebibyte)));
            }
        }

        return table;
    }

    public static Table Latency(IEnumerable<RowResult> results)
    {
        Table table = new("row", "through", "p50, us", "p99, us", "p50 added", "p99 added", "CPU in front, us", "CPU behind, us", "beyond Kestrel, B a call");
        foreach (RowResult result in results.Where(static result => result.Row.Latency))
        {
            foreach (string target in result.Targets)
            {
                table.Add(
                    result.Row.Title,
                    target,
                    Table.Number(result.Median(target, static figure => figure.P50)),
                    Table.Number(result.Median(target, static figure => figure.P99)),
                    target == Target.Direct ? "" : Table.Number(result.Beyond(target, Target.Direct, static figure => figure.P50)),
                    target == Target.Direct ? "" : Table.Number(result.Beyond(target, Target.Direct, static figure => figure.P99)),
                    Table.Number(result.Median(target, static figure => figure.FrontCpu), 1),
                    Table.Number(result.Median(target, static figure => figure.BehindCpu), 1),
                    target == Target.Bare ? "" : Table.Number(result.Beyond(target, Target.Bare, static figure => figure.FrontAllocated)));
            }
        }

        return table;
    }

    public static Table Isolation(IEnumerable<IsolationFigure> figures)
    {
        Table table = new("trouble, and what is measured", "unit", "alone", "trouble elsewhere", "trouble here", "of alone", "of elsewhere");
        foreach (IsolationFigure figure in figures)
        {
            table.Add(
                figure.What,
                figure.Unit,
                Table.Number(figure.Alone),
                Table.Number(figure.Elsewhere),
                Table.Number(figure.Beside),
                Table.Number(figure.Beside / figure.Alone, 2),
                Table.Number(figure.Beside / figure.Elsewhere, 2));
        }

        return table;
    }
}
