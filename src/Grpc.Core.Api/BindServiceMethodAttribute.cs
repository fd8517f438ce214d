namespace Grpc.Core;

/// <summary>Names the static method that binds a generated service base.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = true)]
public class BindServiceMethodAttribute : Attribute
{
    /// <summary>Creates the attribute.</summary>
    /// <param name="bindType">The type with the bind method.</param>
    /// <param name="bindMethodName">The name of the bind method.</param>
    public BindServiceMethodAttribute(Type bindType, string bindMethodName)
    {
        BindType = bindType;
        BindMethodName = bindMethodName;
    }

    /// <summary>The type with the bind method.</summary>
    public Type BindType { get; }

    /// <summary>The name of the bind method.</summary>
    public string BindMethodName { get; }
}
