using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>The services of one call, and what is disposed when its handler has returned.</summary>
internal sealed class CallScope(IServiceProvider root)
{
    private AsyncServiceScope? scope;
    private List<object>? owned;

    /// <summary>The call's own services; the scope is opened on first use.</summary>
    public IServiceProvider Services
    {
        get
        {
            if (scope is null)
            {
                if (root.GetService<IServiceScopeFactory>() is not { } scopes)
                {
                    return root;
                }

                scope = scopes.CreateAsyncScope();
            }

            return scope.Value.ServiceProvider;
        }
    }

    /// <summary>Finds the scope of a call, also through a context that an interceptor put around the bridge's own.</summary>
    public static CallScope Of(ServerCallContext context) =>
        CallContext.Find(context)?.Scope ?? throw new InvalidOperationException("A context that wraps the call's context must hand on its UserState.");

    /// <summary>Hands over what was made for this call alone.</summary>
    public void DisposeAtEnd(object made)
    {
        if (made is IDisposable or IAsyncDisposable)
        {
            (owned ??= []).Add(made);
        }
    }

    public ValueTask DisposeAsync() => scope is null && owned is null ? ValueTask.CompletedTask : DisposeOwnedAsync();

    private async ValueTask DisposeOwnedAsync()
    {
        for (int i = (owned?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (owned![i] is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                ((IDisposable)owned[i]).Dispose();
            }
        }

        if (scope is { } opened)
        {
            await opened.DisposeAsync();
        }
    }
}
