namespace GrpcRouter.Core.Tests;

/// <summary>Options of which one is a secret.</summary>
internal sealed class SecretOptions
{
    public string? Name { get; set; }

    [Sensitive]
    public string? Password { get; set; }
}
