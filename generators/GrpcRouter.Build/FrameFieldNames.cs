using System.Globalization;
using System.Text;

namespace GrpcRouter.Build;

// Names for the payload fields, the same in both frames. A name must differ from all others in the .proto, in JSON and as
// members of the generated C# class. Names do not travel, so that a change of one breaks no peer.
internal static class FrameFieldNames
{
    private static readonly string[] FrameFields =
    [
        "call_id", "start", "headers", "half_close", "cancel", "credit", "message_length", "compressed", "fragment", "end",
        "control", "request", "response",
    ];

    private static readonly string[] Members =
    [
        "RequestCase", "ResponseCase", "RequestOneofCase", "ResponseOneofCase", "ClearRequest", "ClearResponse",
        "HasMessageLength", "ClearMessageLength", "Types", "Descriptor", "Parser", "OnConstruction", "WriteTo", "Clone",
        "CalculateSize", "MergeFrom", "Equals", "ToString", "GetHashCode", "GetType", "MemberwiseClone", "Finalize", "ReferenceEquals",
    ];

    public static string[] Assign(IReadOnlyList<string> methods, IReadOnlyList<int> numbers)
    {
        var taken = new HashSet<string>(Members, StringComparer.Ordinal);
        foreach (var field in FrameFields)
        {
            TryTake(taken, field);
        }

        var names = new string[methods.Count];

        // A method that is written the way its property will be keeps the plain name, whatever stands beside it.
        foreach (var index in Enumerable.Range(0, methods.Count)
            .OrderBy(index => CSharpNames.PascalCase(SnakeCase(methods[index])) != methods[index])
            .ThenBy(index => methods[index], StringComparer.Ordinal))
        {
            var name = SnakeCase(methods[index]);
            if (!TryTake(taken, name))
            {
                name += "_" + numbers[index].ToString(CultureInfo.InvariantCulture);
                while (!TryTake(taken, name))
                {
                    name += "x";
                }
            }

            names[index] = name;
        }

        return names;
    }

    public static string SnakeCase(string name)
    {
        var result = new StringBuilder(name.Length + 8);
        for (var index = 0; index < name.Length; index++)
        {
            var upper = IsUpper(name[index]);
            var wordStarts = upper && index > 0 && name[index - 1] != '_'
                && (!IsUpper(name[index - 1]) || (index + 1 < name.Length && name[index + 1] is >= 'a' and <= 'z'));
            if (wordStarts)
            {
                result.Append('_');
            }

            result.Append(upper ? (char)(name[index] - 'A' + 'a') : name[index]);
        }

        return result.ToString();
    }

    private static bool IsUpper(char character) => character is >= 'A' and <= 'Z';

    private static bool TryTake(HashSet<string> taken, string field)
    {
        var property = CSharpNames.PascalCase(field);
        string[] claims = [$"proto {field}", $"json {JsonName(field)}", property, property + "FieldNumber"];
        if (claims.Any(taken.Contains))
        {
            return false;
        }

        taken.UnionWith(claims);
        return true;
    }

    private static string JsonName(string field)
    {
        var result = new StringBuilder(field.Length);
        var capitalize = false;
        foreach (var character in field)
        {
            if (character == '_')
            {
                capitalize = true;
                continue;
            }

            result.Append(capitalize && character is >= 'a' and <= 'z' ? (char)(character - 'a' + 'A') : character);
            capitalize = false;
        }

        return result.ToString();
    }
}
