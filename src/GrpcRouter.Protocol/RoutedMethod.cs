using System.Text;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>A method of a routed service.</summary>
public sealed class RoutedMethod
{
    /// <summary>Describes a method. Generated code calls this.</summary>
    /// <param name="name">Simple name, such as <c>SayHello</c>.</param>
    /// <param name="type">Which side streams.</param>
    /// <param name="number">Field number of its payload in the frames, 20,000 to 536,870,911.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public RoutedMethod(string name, MethodType type, int number)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, Protocol.FrameField.FirstMethod);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 536_870_911);
        Name = name;
        Type = type;
        Number = number;
    }

    /// <summary>Simple name, such as <c>SayHello</c>.</summary>
    public string Name { get; }

    /// <summary>Which side streams.</summary>
    public MethodType Type { get; }

    /// <summary>Field number of its payload in the frames.</summary>
    public int Number { get; }

    /// <summary>Place among the methods of its service, from 0; 0 for a method that belongs to none.</summary>
    public int Index { get; internal set; }

    /// <summary>The client may send any number of messages rather than one.</summary>
    public bool ClientStreams => Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;

    /// <summary>The instance may answer with any number of messages rather than one.</summary>
    public bool ServerStreams => Type is MethodType.ServerStreaming or MethodType.DuplexStreaming;

    /// <inheritdoc/>
    public override string ToString() => new StringBuilder(Name).Append(" (").Append(Type).Append(", ").Append(Number).Append(')').ToString();
}
