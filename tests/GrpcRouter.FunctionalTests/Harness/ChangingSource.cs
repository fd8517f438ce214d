using Microsoft.Extensions.Configuration;

namespace GrpcRouter.FunctionalTests;

/// <summary>A source of the configuration that a test changes. Keys are below <c>GrpcRouter</c>.</summary>
internal sealed class ChangingSource : ConfigurationProvider, IConfigurationSource
{
    public ChangingSource(params (string Key, string? Value)[] values) => Set(values);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Says something else from now on, and says that it does.</summary>
    public void Change(params (string Key, string? Value)[] values)
    {
        Set(values);
        OnReload();
    }

    private void Set((string Key, string? Value)[] values) =>
        Data = values.ToDictionary(static value => $"GrpcRouter:{value.Key}", static value => value.Value, StringComparer.OrdinalIgnoreCase);
}
