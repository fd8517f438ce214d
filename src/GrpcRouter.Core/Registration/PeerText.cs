namespace GrpcRouter;

/// <summary>Text of peers on its way into logs and messages: cut, and free of what could forge a line.</summary>
internal static class PeerText
{
    public const int MaxNameLength = 128;
    private const int MaxLineLength = 512;

    /// <summary>A name: printable ASCII.</summary>
    public static string Name(string text) =>
        string.Concat(text.Take(MaxNameLength).Select(static c => c is > ' ' and < '\x7F' ? c : '_'));

    /// <summary>Free text: one line.</summary>
    public static string Line(string text) =>
        string.Concat(text.Take(MaxLineLength).Select(static c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '_' : c));
}
