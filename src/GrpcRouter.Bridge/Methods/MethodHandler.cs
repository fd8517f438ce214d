namespace GrpcRouter;

/// <summary>Serves the calls of one method: reads the request, runs interceptors and implementation, writes the response.</summary>
internal abstract class MethodHandler(int number, string fullName)
{
    /// <summary>Field number of the method's payload.</summary>
    public int Number => number;

    /// <summary><c>/greet.Greeter/SayHello</c>.</summary>
    public string FullName => fullName;

    /// <summary>A call has one request message.</summary>
    public virtual bool TakesOneMessage => false;

    /// <summary>A call has one request and one response message.</summary>
    public virtual bool IsUnary => false;

    /// <summary>Serves a call. What it throws becomes the call's status.</summary>
    public abstract ValueTask InvokeAsync(InboundCall call);
}
