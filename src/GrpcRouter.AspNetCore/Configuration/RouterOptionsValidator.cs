using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Refuses options that cannot work and configured keys that are no options, all of them at once.</summary>
internal sealed class RouterOptionsValidator(RouterSection section) : IValidateOptions<RouterOptions>
{
    public ValidateOptionsResult Validate(string? name, RouterOptions options)
    {
        string[] errors = [.. section.FindErrors().Select(static error => error.ToString()), .. options.FindErrors(section.Path)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
