namespace GrpcRouter.Protocol;

/// <summary>How large the pieces of a large message are.</summary>
public static class FragmentLength
{
    /// <summary>
    /// Default, in bytes: the size of an HTTP/2 frame. A message up to this length travels whole.
    /// </summary>
    public const int Default = 16 * 1024;
}
