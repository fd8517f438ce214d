using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>Takes the calls of one service.</summary>
internal sealed class CallEndpoint(ServiceRouter router, ConnectionAges ages, ConnectionBudgets budgets, CallDoor door)
{
    // By the whole path, case and all: two methods may differ by case alone.
    private readonly FrozenDictionary<string, RoutedMethod> methods = MethodsByPath(router.Service)
        .ToFrozenDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The paths of the service's methods.</summary>
    public IEnumerable<string> Paths => methods.Keys;

    public Task HandleAsync(HttpContext context)
    {
        if (!GrpcRequest.TryAccept(context))
        {
            return Task.CompletedTask;
        }

        IHttpRequestFeature request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        if (!methods.TryGetValue(request.RawTarget, out RoutedMethod? method))
        {
            return UnknownEndpoint.HandleAsync(context);
        }

        HttpLeg leg = HttpLeg.Of(context, request);
        if (!leg.TryEnter(budgets))
        {
            return Task.CompletedTask;
        }

        string? policy = router.Plan[method].AuthorizationPolicy;
        CallVerdict verdict = door.Judge(context, leg, policy);
        return verdict == CallVerdict.Admitted ? RelayAsync(context, leg, method)
            : verdict == CallVerdict.Refused ? Task.CompletedTask
            : AuthorizeAsync(context, leg, method, policy!);
    }

    private Task RelayAsync(HttpContext context, HttpLeg leg, RoutedMethod method)
    {
        GrpcRequest.LiftLimits(context);
        if (ages.AreBounded)
        {
            leg.AgeConnection(ages);
        }

        return router.RunCallAsync(method, leg);
    }

    private async Task AuthorizeAsync(HttpContext context, HttpLeg leg, RoutedMethod method, string policy)
    {
        if (await door.AuthorizeAsync(context, leg, policy).ConfigureAwait(false))
        {
            await RelayAsync(context, leg, method).ConfigureAwait(false);
        }
    }

    private static IEnumerable<KeyValuePair<string, RoutedMethod>> MethodsByPath(RoutedService service)
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
