namespace GrpcRouter;

/// <summary>Values of <see cref="CallPolicyOptions.AuthorizationPolicy"/> that are no names of ASP.NET Core's policies.</summary>
public static class AuthorizationPolicies
{
    /// <summary>Everyone may call, also where a wider scope names a policy.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>Whoever has proved who it is may call: by an API key, a client certificate, or to ASP.NET Core's authentication.</summary>
    public const string Authenticated = "authenticated";
}
