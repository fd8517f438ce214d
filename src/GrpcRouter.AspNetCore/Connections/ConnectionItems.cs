namespace GrpcRouter;

/// <summary>What is made once a connection and kept with it.</summary>
internal static class ConnectionItems
{
    /// <summary>Gives what is kept under a key, and makes it when there is nothing.</summary>
    /// <param name="items">The connection's.</param>
    /// <param name="key">Known to whoever keeps it alone.</param>
    /// <param name="state">What it is made from.</param>
    /// <param name="make">Makes it, with the items locked.</param>
    public static TItem GetOrAdd<TItem, TState>(IDictionary<object, object?> items, object key, TState state, Func<TState, TItem> make)
        where TItem : class
    {
        // Calls of one connection run at once, and its items are a plain dictionary.
        lock (items)
        {
            if (items.TryGetValue(key, out object? known))
            {
                return (TItem)known!;
            }

            TItem made = make(state);
            items[key] = made;
            return made;
        }
    }
}
