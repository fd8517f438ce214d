namespace GrpcRouter;

/// <summary>The services of a bridge that was made without any.</summary>
internal sealed class EmptyServices : IServiceProvider
{
    public static readonly EmptyServices Instance = new();

    public object? GetService(Type serviceType) => null;
}
