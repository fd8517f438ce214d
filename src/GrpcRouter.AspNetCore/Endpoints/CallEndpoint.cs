using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>Takes the calls of one service.</summary>
internal sealed class CallEndpoint(ServiceRouter router)
{
    // By the whole path, case and all: two methods may differ by case alone.
    private readonly FrozenDictionary<string, RoutedMethod> methods = Paths(router.Service)
        .ToFrozenDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);

    public Task HandleAsync(HttpContext context)
    {
        if (!GrpcRequest.TryAccept(context))
        {
            return Task.CompletedTask;
        }

        string path = GrpcRequest.RawPath(context);
        if (!methods.TryGetValue(path, out RoutedMethod? method))
        {
            return UnknownEndpoint.HandleAsync(context);
        }

        GrpcRequest.LiftLimits(context);
        HttpLeg leg = HttpLeg.Rent(context);
        ValueTask call = router.RunCallAsync(method, leg);
        if (call.IsCompletedSuccessfully)
        {
            call.GetAwaiter().GetResult();
            leg.Return();
            return Task.CompletedTask;
        }

        return FinishAsync(call, leg);
    }

    private static async Task FinishAsync(ValueTask call, HttpLeg leg)
    {
        await call.ConfigureAwait(false);
        leg.Return();
    }

    private static IEnumerable<KeyValuePair<string, RoutedMethod>> Paths(RoutedService service)
    {
        foreach (RoutedMethod method in service.Methods)
        {
            yield return new($"/{service.FullName}/{method.Name}", method);
            string alias = $"/{service.FullName}Router/{method.Name}";
            if (alias != service.RegisterPath)
            {
                yield return new(alias, method);
            }
        }
    }
}
