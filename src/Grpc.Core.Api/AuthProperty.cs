namespace Grpc.Core;

/// <summary>One fact about an authenticated peer.</summary>
public class AuthProperty
{
    private readonly byte[] _valueBytes;
    private string? _value;

    private AuthProperty(string name, byte[] valueBytes)
    {
        Name = name;
        _valueBytes = valueBytes;
    }

    /// <summary>The name of the property.</summary>
    public string Name { get; }

    /// <summary>The value read as UTF-8.</summary>
    public string Value => _value ??= System.Text.Encoding.UTF8.GetString(_valueBytes);

    /// <summary>A copy of the value.</summary>
    public byte[] ValueBytes => [.. _valueBytes];

    /// <summary>Creates a property.</summary>
    /// <param name="name">The name.</param>
    /// <param name="valueBytes">The value; copied.</param>
    public static AuthProperty Create(string name, byte[] valueBytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(valueBytes);
        return new(name, [.. valueBytes]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Value}";
}
