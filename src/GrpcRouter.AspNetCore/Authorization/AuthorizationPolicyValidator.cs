using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Refuses options that name authorization policies which ASP.NET Core does not have.</summary>
internal sealed class AuthorizationPolicyValidator(RouterSection section, IServiceProvider services) : IValidateOptions<RouterOptions>
{
    public ValidateOptionsResult Validate(string? name, RouterOptions options)
    {
        List<string> errors = [];
        Check($"{section.Path}:{nameof(options.Defaults)}", options.Defaults, errors);
        foreach ((string service, ServicePolicyOptions policies) in options.Services)
        {
            Check($"{section.Path}:{nameof(options.Services)}:{service}", policies, errors);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Finds what is wrong with the policies of a service.</summary>
    /// <param name="path">Where they stand.</param>
    /// <param name="service">The service's options; null, and there is nothing to check.</param>
    /// <param name="errors">Takes a sentence for each policy that is not there.</param>
    public void Check(string path, ServicePolicyOptions? service, List<string> errors)
    {
        if (service is null)
        {
            return;
        }

        Check(path, service.AuthorizationPolicy, errors);
        foreach ((string method, CallPolicyOptions policies) in service.Methods)
        {
            Check($"{path}:{nameof(service.Methods)}:{method}", policies?.AuthorizationPolicy, errors);
        }
    }

    private void Check(string path, string? policy, List<string> errors)
    {
        if (string.IsNullOrEmpty(policy) || policy is AuthorizationPolicies.Anonymous or AuthorizationPolicies.Authenticated)
        {
            return;
        }

        // Providers of policies are asked at the start, and when options change; not while calls wait.
        IAuthorizationPolicyProvider? provider = services.GetService<IAuthorizationPolicyProvider>();
        if (provider is null)
        {
            errors.Add($"{path}:{nameof(CallPolicyOptions.AuthorizationPolicy)} is '{policy}', and there are no policies without builder.Services.AddAuthorization().");
        }
        else if (provider.GetPolicyAsync(policy).GetAwaiter().GetResult() is null)
        {
            errors.Add($"{path}:{nameof(CallPolicyOptions.AuthorizationPolicy)} must name an authorization policy of ASP.NET Core, {AuthorizationPolicies.Authenticated} or {AuthorizationPolicies.Anonymous}; it is {policy}.");
        }
    }
}
