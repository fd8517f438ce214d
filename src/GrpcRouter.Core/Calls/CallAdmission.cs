using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>Whether a call may begin, by what it has brought along, and how much time it gets.</summary>
internal static class CallAdmission
{
    public static RouterStatus DeadlinePassed => new(StatusCode.DeadlineExceeded, RouterReasons.DeadlineExceeded, "The deadline passed at the router.");

    /// <summary>Judges a call, and prepares its start.</summary>
    /// <param name="router">The service.</param>
    /// <param name="options">Those of the router that the call begins with.</param>
    /// <param name="plan">How the method's calls are treated.</param>
    /// <param name="limits">What bounds the method's calls.</param>
    /// <param name="leg">The client.</param>
    /// <param name="permits">Takes where it is counted; to be ended when the call is over, also when it may not begin.</param>
    /// <param name="tenant">Whose call it is; to be let out when the call is over, also when it may not begin. Null when tenants are not counted.</param>
    /// <param name="timeout">The shortest of the times that apply, more than zero; null: none does.</param>
    /// <param name="refusal">Why it may not begin.</param>
    public static bool TryAdmit(
        ServiceRouter router,
        RouterOptions options,
        MethodPlan plan,
        MethodLimits limits,
        ClientLeg leg,
        ref HeldPermits permits,
        out Tenant? tenant,
        out TimeSpan? timeout,
        out RouterStatus refusal)
    {
        timeout = null;
        tenant = null;
        refusal = default;
        if (!router.Hub.Peers.TryAdmit(leg, ref permits, out refusal))
        {
            return false;
        }

        if (plan.Service.Tenants is { } tenants && !tenants.TryAdmit(leg, out refusal))
        {
            return false;
        }

        if (plan.Service.Limits is { } places && !places.TryEnter(leg, out tenant, out refusal))
        {
            return false;
        }

        if (!limits.TryAdmit(leg, router.Hub.Time, ref permits, out refusal))
        {
            return false;
        }

        plan.Service.Budget?.OnCall();
        timeout = options.MaxCallDuration < GrpcTimeout.Maximum ? options.MaxCallDuration : null;
        timeout = plan.TimeoutFor(leg) is { } limit && limit < (timeout ?? TimeSpan.MaxValue) ? limit : timeout;
        if (leg.TimeoutHeader is { } header)
        {
            if (!GrpcTimeout.TryParse(header, out TimeSpan asked))
            {
                refusal = new RouterStatus(StatusCode.Internal, RouterReasons.BadTimeout, "The grpc-timeout header is not up to eight digits and a unit.");
                return false;
            }

            timeout = timeout < asked ? timeout : asked;
        }

        if (timeout <= TimeSpan.Zero)
        {
            refusal = DeadlinePassed;
            return false;
        }

        int size = leg.PrepareStart();
        if (size > options.MaxMetadataSize)
        {
            refusal = new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MetadataTooLarge, $"The request metadata of {size} bytes is over the limit of {options.MaxMetadataSize}.");
            return false;
        }

        return true;
    }
}
