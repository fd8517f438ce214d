namespace Grpc.Core;

/// <summary>Ties a call to the served call it is made for. Opaque: only a transport can create one.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
