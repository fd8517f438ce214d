using System.Net;

namespace GrpcRouter;

/// <summary>A connection of a peer, as far as it is counted. Made by <see cref="PeerGuard.Connect"/>, or by <see cref="PeerGuard.Adopt"/> where nobody asked.</summary>
public sealed class PeerConnection : IDisposable
{
    private readonly Lock gate = new();
    private HeldPermits held;
    private ConcurrencyLimit? calls;
    private PeerRules? judgedBy;
    private bool allowed;

    internal PeerConnection(IPAddress? address, in HeldPermits held)
    {
        Address = address;
        this.held = held;
    }

    /// <summary>Where it comes from; null where there is no address, as on a Unix socket.</summary>
    public IPAddress? Address { get; }

    /// <summary>The connection is gone.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            held.End();
        }
    }

    /// <summary>Whether its peer may call, by rules that are asked once.</summary>
    internal bool MayCall(PeerRules rules)
    {
        if (ReferenceEquals(Volatile.Read(ref judgedBy), rules))
        {
            return allowed;
        }

        lock (gate)
        {
            allowed = rules.Callers.Allows(Address);
            Volatile.Write(ref judgedBy, rules);
            return allowed;
        }
    }

    /// <summary>Counts its calls. After a change of the limit those that run already are not counted.</summary>
    internal ConcurrencyLimit Calls(int limit)
    {
        ConcurrencyLimit? known = Volatile.Read(ref calls);
        if (known?.Permits == limit)
        {
            return known;
        }

        lock (gate)
        {
            if (calls?.Permits != limit)
            {
                Volatile.Write(ref calls, new ConcurrencyLimit(limit));
            }

            return calls!;
        }
    }
}
