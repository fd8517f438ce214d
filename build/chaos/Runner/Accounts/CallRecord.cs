using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>One call as its client saw it.</summary>
internal sealed class CallRecord(long id, CallPlan plan)
{
    private readonly List<string> faults = [];
    private volatile string stage = "not started";
    private int ends;

    public long Id => id;

    public CallPlan Plan => plan;

    /// <summary>What the client is doing, for the message when it hangs.</summary>
    public string Stage
    {
        get => stage;
        set => stage = value;
    }

    /// <summary>How often it ended; once is right.</summary>
    public int Ends => Volatile.Read(ref ends);

    /// <summary>Which router has it, from 0.</summary>
    public int Router { get; set; }

    /// <summary>Who said that it served the call; null when nobody did.</summary>
    public string? Instance { get; set; }

    public StatusCode Status { get; private set; }

    /// <summary>Why it failed.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>What the client got that it must not get.</summary>
    public IReadOnlyList<string> Faults => faults;

    public void Break(string what)
    {
        lock (faults)
        {
            faults.Add(what);
        }
    }

    public void End(StatusCode status, string detail)
    {
        Status = status;
        Detail = detail;
        Interlocked.Increment(ref ends);
    }

    public override string ToString() =>
        $"call {id} ({plan.Kind}, {plan.Items} items of {plan.Size} B, {plan.End}) at router {Router}{(Instance is null ? "" : $" and {Instance}")}";
}
