using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>
/// Who makes the calls of one HTTP stream, one after the other. They mostly bring the same credentials, and what was made of the last call's then serves again.
/// </summary>
internal sealed class HttpCaller
{
    private readonly CertificateCaller certificate = new();
    private readonly UserCaller user = new();
    private readonly HostTenant host = new();
    private ApiKeyTable? judge;
    private string? judged;
    private ApiKeySecret? secret;
    private ApiKeyEntry? key;

    /// <summary>Who calls; null: nobody that could be made sure of.</summary>
    public PeerIdentity? Identity { get; private set; }

    /// <summary>Whose call it is, as it says itself; <see cref="TenantRules.TryAdmit"/> judges it.</summary>
    public string? Tenant { get; private set; }

    /// <summary>The call has brought an API key, so that its headers hold what must not go on.</summary>
    public bool HasKey { get; private set; }

    /// <summary>The metadata <c>authorization</c> goes on to the instance, unless it holds a key.</summary>
    public bool ForwardsAuthorization { get; private set; } = true;

    /// <summary>Forgets whose the last call was.</summary>
    public void Reset()
    {
        Identity = null;
        Tenant = null;
        key = null;
        HasKey = false;
    }

    /// <summary>Finds the caller's API key, if it has one.</summary>
    /// <returns>False when it brings one that is not good.</returns>
    public bool TryKey(HttpContext context, ApiKeyTable keys, TimeProvider time, out ApiKeyVerdict verdict)
    {
        verdict = ApiKeyVerdict.Good;
        IHeaderDictionary headers = context.Request.Headers;
        if (ApiKeyHeaders.Find(headers, out bool several) is not { } value)
        {
            return true;
        }

        HasKey = true;
        ApiKeySecret? brought = null;
        verdict = several ? ApiKeyVerdict.Unknown
            : context.Features.Get<ApiKeyOutcome>() is { } known ? Take(known, out brought)
            : Judge(keys, value, time.GetUtcNow(), out brought);
        if (verdict == ApiKeyVerdict.Good)
        {
            key = brought!.Key;
            Identity = key.Identity;
        }

        return verdict == ApiKeyVerdict.Good;
    }

    /// <summary>Lets policies of ASP.NET Core see who has the key, unless the application has authenticated the caller itself.</summary>
    public void ShowUser(HttpContext context)
    {
        if (key is not null && context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity is not { IsAuthenticated: true })
        {
            context.User = ApiKeyPrincipal.Of(key);
        }
    }

    /// <summary>Finds out who calls, unless a key has said it, and for whom.</summary>
    public void Identify(HttpContext context, CallerRules rules)
    {
        Identity ??= user.Of(context.Features.Get<IHttpAuthenticationFeature>()?.User, rules) ?? certificate.Of(context.Features);
        ForwardsAuthorization = rules.ForwardsAuthorization;
        Tenant = rules.Tenants is { } tenants ? TenantOf(context.Request.Headers, tenants) : null;
    }

    private static ApiKeyVerdict Take(ApiKeyOutcome known, out ApiKeySecret? brought)
    {
        brought = known.Secret;
        return known.Verdict;
    }

    private ApiKeyVerdict Judge(ApiKeyTable keys, string value, DateTimeOffset now, out ApiKeySecret? brought)
    {
        // Connections may be shared by callers that a proxy gathers, so no comparison of secrets may tell by its time how far it got.
        if (judge == keys && judged is not null
            && (ReferenceEquals(judged, value) || CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(judged.AsSpan()), MemoryMarshal.AsBytes(value.AsSpan()))))
        {
            brought = secret!;
            ApiKeyVerdict again = secret!.Key.Judge(now);
            secret.Counts.Count(again, now);
            return again;
        }

        ApiKeyVerdict verdict = keys.JudgeAndCount(ApiKeyHeaders.TokenOf(value), now, out brought);
        if (brought is not null)
        {
            (judge, judged, secret) = (keys, value, brought);
        }

        return verdict;
    }

    private string? TenantOf(IHeaderDictionary headers, TenantRules tenants) => tenants.Source switch
    {
        TenantSource.Caller => tenants.OfIdentity(Identity),
        TenantSource.Host => host.Of(headers.Host, tenants),

        // Several values are joined, and the whole is nobody's name.
        _ => headers.TryGetValue(tenants.Header, out StringValues values) ? values.ToString() : null,
    };
}
