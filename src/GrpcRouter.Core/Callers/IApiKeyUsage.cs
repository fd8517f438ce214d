namespace GrpcRouter;

/// <summary>Says which API keys are in use, so that an old secret can be taken away, or a forgotten key.</summary>
public interface IApiKeyUsage
{
    /// <summary>Each configured secret, by the names of keys and then as they stand there. Counts outlive changes of the configuration that leave the secret where it is.</summary>
    IReadOnlyList<ApiKeyUse> Uses { get; }
}
