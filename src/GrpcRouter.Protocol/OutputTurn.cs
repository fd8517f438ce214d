namespace GrpcRouter.Protocol;

/// <summary>A call's place in the line for the channel's output. One per call and direction.</summary>
public abstract class OutputTurn
{
    internal OutputTurn? Previous;
    internal OutputTurn? Next;
    internal bool Queued;
    internal bool Granted;

    // Bytes that may still be written before the others in line are due.
    internal int Left;

    /// <summary>It is this call's turn, or the channel has ended: try again. Called with the output's lock held; must only signal.</summary>
    protected abstract void OnTurn();

    internal void Take() => OnTurn();
}
