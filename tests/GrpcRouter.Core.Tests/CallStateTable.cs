namespace GrpcRouter.Core.Tests;

/// <summary>
/// What a router does with each part of a frame in each state of the call (docs/protocol.md, "What a router may get"). Where the
/// word is a state's name, the part is taken and the call is in that state then.
/// </summary>
internal static class CallStateTable
{
    public static readonly string[] States = ["open", "headers", "inside", "after", "withdrawn", "over", "unknown"];

    // "second": a message where none may follow; it ends calls of methods that answer with one.
    private const string Rows = """
        part         | open      | headers   | inside    | after     | withdrawn | over      | unknown
        headers      | headers   | violation | violation | violation | dropped   | violation | violation
        payload      | after     | after     | violation | second    | dropped   | violation | violation
        whole        | after     | after     | violation | second    | dropped   | violation | violation
        empty        | after     | after     | violation | second    | dropped   | violation | violation
        begin        | inside    | inside    | violation | second    | dropped   | violation | violation
        length       | inside    | inside    | violation | second    | dropped   | violation | violation
        piece        | violation | violation | after     | violation | dropped   | violation | violation
        too-long     | violation | violation | violation | violation | dropped   | violation | violation
        no-bytes     | violation | violation | inside    | violation | dropped   | violation | violation
        other-method | violation | violation | violation | violation | dropped   | violation | violation
        two-messages | violation | violation | violation | violation | dropped   | violation | violation
        two-lengths  | violation | violation | violation | violation | dropped   | violation | violation
        packed       | violation | violation | violation | violation | dropped   | violation | violation
        credit       | open      | headers   | inside    | after     | dropped   | dropped   | violation
        overgrant    | violation | violation | violation | violation | dropped   | dropped   | violation
        end-ok       | ok        | ok        | cut       | ok        | over      | violation | violation
        end-error    | error     | error     | error     | error     | over      | violation | violation
        end-broken   | unread    | unread    | unread    | unread    | over      | violation | violation
        half-close   | violation | violation | violation | violation | violation | violation | violation
        cancel       | violation | violation | violation | violation | violation | violation | violation
        hello        | violation | violation | violation | violation | violation | violation | violation
        id-control   | violation | violation | violation | violation | violation | violation | violation
        id-alone     | open      | headers   | inside    | after     | dropped   | dropped   | violation
        """;

    private static readonly Dictionary<(string Part, string State), string> Cells = Read();

    /// <summary>Frames: one part each, and parts that may or may not stand together, in the order in which they count.</summary>
    public static readonly string[] Frames =
    [
        .. Cells.Keys.Select(static cell => cell.Part).Distinct(StringComparer.Ordinal),
        "headers+payload", "headers+begin", "headers+piece", "headers+end-error", "headers+end-ok", "headers+payload+end-ok", "headers+begin+end-ok",
        "payload+end-ok", "payload+end-error", "begin+end-ok", "piece+end-ok", "whole+end-ok", "empty+end-error", "too-long+end-ok",
        "credit+headers", "credit+payload", "credit+piece", "credit+end-ok", "credit+headers+payload+end-ok", "overgrant+end-ok",
        "payload+half-close", "end-ok+half-close", "end-ok+cancel", "headers+cancel", "other-method+end-ok",
    ];

    public static string Cell(string part, string state) => Cells[(part, state)];

    private static Dictionary<(string Part, string State), string> Read()
    {
        string[][] rows = [.. Rows.Split('\n').Select(static row => row.Split('|', StringSplitOptions.TrimEntries))];
        return (
            from row in rows.Skip(1)
            from column in Enumerable.Range(1, States.Length)
            select (Key: (row[0], rows[0][column]), Value: row[column])).ToDictionary(static cell => cell.Key, static cell => cell.Value);
    }
}
