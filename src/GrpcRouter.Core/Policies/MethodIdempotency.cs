namespace GrpcRouter;

/// <summary>What running a call twice does, as <c>idempotency_level</c> says in the .proto (google/protobuf/descriptor.proto).</summary>
public enum MethodIdempotency
{
    /// <summary>Not known: taken for harmful.</summary>
    Unknown,

    /// <summary>The method changes nothing (<c>NO_SIDE_EFFECTS</c>).</summary>
    NoSideEffects,

    /// <summary>The second run changes nothing more (<c>IDEMPOTENT</c>).</summary>
    Idempotent,
}
