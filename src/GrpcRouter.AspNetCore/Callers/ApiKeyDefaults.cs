namespace GrpcRouter;

/// <summary>Names for API keys in ASP.NET Core.</summary>
public static class ApiKeyDefaults
{
    /// <summary>The authentication scheme that <c>AddApiKeys</c> adds, for policies that name schemes.</summary>
    public const string AuthenticationScheme = "GrpcRouterApiKey";
}
