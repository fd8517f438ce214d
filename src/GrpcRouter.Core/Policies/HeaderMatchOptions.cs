namespace GrpcRouter;

/// <summary>A condition on a call's metadata. Exactly one of the conditions is set; with none, the key must be there.</summary>
public sealed class HeaderMatchOptions
{
    /// <summary>The metadata key, in any case. Not a <c>-bin</c> key.</summary>
    public string Name { get; set; } = "";

    /// <summary>The value must be this.</summary>
    public string? Exact { get; set; }

    /// <summary>The value must begin with this.</summary>
    public string? Prefix { get; set; }

    /// <summary>The value must end with this.</summary>
    public string? Suffix { get; set; }

    /// <summary>The key must not be there, or its value must not match.</summary>
    public bool Invert { get; set; }
}
