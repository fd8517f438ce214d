namespace Grpc.Core;

/// <summary>The base of generated clients of the lite kind: only an invoker.</summary>
public abstract class LiteClientBase
{
    /// <summary>Creates a client whose every call throws; for mocks.</summary>
    protected LiteClientBase() => CallInvoker = new UnimplementedCallInvoker();

    /// <summary>Creates a client on an invoker.</summary>
    /// <param name="callInvoker">The invoker.</param>
    public LiteClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        CallInvoker = callInvoker;
    }

    /// <summary>Makes the calls of the client.</summary>
    protected CallInvoker CallInvoker { get; }
}
