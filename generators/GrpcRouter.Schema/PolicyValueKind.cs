namespace GrpcRouter.Schema;

/// <summary>What the value of a policy setting is, and so how it is written in a model and in C#.</summary>
public enum PolicyValueKind
{
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A whole number of 32 bits.</summary>
    Integer,

    /// <summary>A number with an exponent or a fraction where it has one; finite.</summary>
    Number,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>A time in ticks of 100 ns.</summary>
    Duration,

    /// <summary>A member of gRPC's <c>StatusCode</c>, by name, that is added to a list.</summary>
    Status,

    /// <summary>A member of <c>MethodIdempotency</c>, by name.</summary>
    Idempotency,
}
