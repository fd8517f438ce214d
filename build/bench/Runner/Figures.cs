namespace GrpcRouter.Bench;

/// <summary>All that a run found.</summary>
internal sealed class Figures
{
    /// <summary>The machine's load average before the benchmark makes a load of its own.</summary>
    public string LoadAtStart { get; } = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    public List<RowResult> Rows { get; } = [];

    public List<IsolationFigure> Isolation { get; } = [];

    /// <summary>Router memory for an idle instance in bytes, where it was measured.</summary>
    public double? BytesPerInstance { get; set; }

    /// <summary>The direct server's memory for an idle connection with one open stream, in bytes, where it was measured.</summary>
    public double? BytesPerStream { get; set; }

    /// <summary>What kept a part from its figures.</summary>
    public List<string> Failures { get; } = [];

    public RowResult? Row(string name) => Rows.Find(result => result.Row.Name == name);
}
