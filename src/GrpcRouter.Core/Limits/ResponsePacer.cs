namespace GrpcRouter;

/// <summary>Knows where messages begin in the bytes that a call has taken from its instance, so that only as many pass as may.</summary>
internal sealed class ResponsePacer
{
    private List<int> coming = [];
    private List<int> leaving = [];
    private int next;
    private int moved;

    /// <summary>A message begins.</summary>
    /// <param name="at">Behind so many bytes that wait to be taken.</param>
    public void Begin(int at) => coming.Add(at);

    /// <summary>What waited is about to leave, and what has left is forgotten.</summary>
    public void Swap()
    {
        leaving.Clear();
        (coming, leaving) = (leaving, coming);
        next = moved = 0;
    }

    /// <summary>Finds what may leave now.</summary>
    /// <param name="pace">The pace of the stream.</param>
    /// <param name="fullAt">See <see cref="MessagePace.Take"/>.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <param name="length">Bytes that are left.</param>
    /// <param name="wait">Until more may, on the same clock; 0 when all may leave.</param>
    /// <returns>Bytes, up to the end of a message or of what is there of one.</returns>
    public int Allow(MessagePace pace, ref long fullAt, long now, int length, out long wait)
    {
        wait = 0;
        for (; next < leaving.Count; next++)
        {
            wait = pace.Take(ref fullAt, now);
            if (wait > 0)
            {
                int allowed = leaving[next] - moved;
                moved = leaving[next];
                return allowed;
            }
        }

        moved += length;
        return length;
    }

    public void Reset()
    {
        coming.Clear();
        leaving.Clear();
        next = moved = 0;
    }
}
