namespace Grpc.Core;

/// <summary>A method without its message types.</summary>
public interface IMethod
{
    /// <summary>Which sides stream.</summary>
    MethodType Type { get; }

    /// <summary>The service as <c>package.Service</c>.</summary>
    string ServiceName { get; }

    /// <summary>The simple name of the method.</summary>
    string Name { get; }

    /// <summary>The path of the method: <c>/package.Service/Method</c>.</summary>
    string FullName { get; }
}
