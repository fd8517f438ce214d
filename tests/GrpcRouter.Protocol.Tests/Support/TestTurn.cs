using System.Collections.Concurrent;

namespace GrpcRouter.Protocol.Tests;

/// <summary>A call that notes in a common queue when it is due.</summary>
internal sealed class TestTurn(byte id, ConcurrentQueue<TestTurn> due) : OutputTurn
{
    public byte Id => id;

    protected override void OnTurn() => due.Enqueue(this);
}
