using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>
/// Finds out who calls, and whether they may. It stands behind the choice of the method by the raw request target, so that what is authorised is what is called, whatever spellings of a path
/// endpoint routing takes for the same.
/// </summary>
internal sealed class CallDoor(RouterHub hub, TimeProvider? time = null)
{
    private readonly TimeProvider clock = time ?? TimeProvider.System;

    /// <summary>Judges a call as far as that goes without a wait.</summary>
    /// <param name="context">The request.</param>
    /// <param name="leg">Its leg, which then knows who calls.</param>
    /// <param name="policy">Who may; null: everyone.</param>
    public CallVerdict Judge(HttpContext context, HttpLeg leg, string? policy)
    {
        CallerRules rules = hub.Callers.Rules;
        if (rules.Keys is { } keys && !leg.Caller.TryKey(context, keys, clock, out ApiKeyVerdict verdict))
        {
            GrpcRefusal.End(context, leg, ApiKeyOutcome.RefusalOf(verdict), challenge: true);
            return CallVerdict.Refused;
        }

        if (policy is not null and not AuthorizationPolicies.Authenticated)
        {
            return CallVerdict.Open;
        }

        leg.Caller.Identify(context, rules);
        if (policy is null || leg.Identity is not null)
        {
            return CallVerdict.Admitted;
        }

        GrpcRefusal.End(context, leg, GrpcRefusal.Unauthenticated, challenge: rules.Keys is not null);
        return CallVerdict.Refused;
    }

    /// <summary>Asks a policy of ASP.NET Core.</summary>
    /// <returns>False when the call has been ended.</returns>
    public async Task<bool> AuthorizeAsync(HttpContext context, HttpLeg leg, string policyName)
    {
        AuthorizationPolicy? policy = await PolicyAsync(context, policyName).ConfigureAwait(false);
        if (policy is null)
        {
            // Policies are checked at the start, so this one has gone since; nobody may call by a rule that is not known.
            leg.SetEnd(new RouterStatus(StatusCode.PermissionDenied, RouterReasons.PermissionDenied, "The method's authorization policy is not there."));
            return false;
        }

        leg.Caller.ShowUser(context);
        IPolicyEvaluator evaluator = context.RequestServices.GetRequiredService<IPolicyEvaluator>();
        AuthenticateResult authentication = await evaluator.AuthenticateAsync(policy, context).ConfigureAwait(false);
        PolicyAuthorizationResult result = await evaluator.AuthorizeAsync(policy, authentication, context, context).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            await GrpcRefusal.EndAsync(context, leg, policy, result).ConfigureAwait(false);
            return false;
        }

        leg.Caller.Identify(context, hub.Callers.Rules);
        return true;
    }

    private static async Task<AuthorizationPolicy?> PolicyAsync(HttpContext context, string name) =>
        context.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } policies ? await policies.GetPolicyAsync(name).ConfigureAwait(false) : null;
}
