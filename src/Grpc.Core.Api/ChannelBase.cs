namespace Grpc.Core;

/// <summary>Where calls go. A transport derives from it.</summary>
public abstract class ChannelBase
{
    /// <summary>Creates the channel.</summary>
    /// <param name="target">The address, for people.</param>
    protected ChannelBase(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    /// <summary>The address the channel was created for.</summary>
    public string Target { get; }

    /// <summary>An invoker that makes calls on the channel.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Shuts the channel down.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>Backs <see cref="ShutdownAsync"/>; does nothing by itself.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
