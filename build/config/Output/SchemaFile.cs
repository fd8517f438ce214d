using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GrpcRouter.Config;

/// <summary>The JSON schema of an <c>appsettings.json</c>'s section, for editors.</summary>
internal static class SchemaFile
{
    public const string Path = "docs/grpcrouter.schema.json";

    // A day count, hours and minutes, seconds with a fraction: what TimeSpan reads.
    private const string TimePattern = @"^-?((\d+\.)?([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d{1,7})?)?|\d+)$";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(OptionModel model)
    {
        JsonObject definitions = [];
        foreach (GroupModel group in model.Groups)
        {
            JsonObject properties = [];
            foreach (OptionModelEntry option in group.Options)
            {
                properties[option.Info.Name] = Property(option);
            }

            definitions[NameOf(group.Type)] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = group.Summary,
                ["properties"] = properties,
                ["additionalProperties"] = false,
            };
        }

        JsonObject schema = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "GrpcRouter",
            ["type"] = "object",
            ["properties"] = new JsonObject { [OptionModel.Section] = Reference(typeof(RouterOptions)) },
            ["definitions"] = definitions,
        };
        return schema.ToJsonString(Readable) + "\n";
    }

    // Editors put the schemas of all packages into one: names must be no other's.
    private static string NameOf(Type type) => $"GrpcRouter.{type.Name}";

    private static JsonObject Reference(Type type) => new() { ["$ref"] = $"#/definitions/{NameOf(type)}" };

    private static JsonObject Property(OptionModelEntry option)
    {
        JsonObject schema = option.Info.Kind switch
        {
            OptionKind.List => new JsonObject { ["type"] = "array", ["items"] = Element(OptionType.ElementOf(option.Info.Type)!) },
            OptionKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Element(OptionType.ElementOf(option.Info.Type)!) },
            OptionKind.Group => new JsonObject { ["allOf"] = new JsonArray(Reference(option.Info.Type)) },
            _ => Value(option),
        };
        string words = string.Join(' ', new[] { option.Summary, Effects.Sentence(option.Effect) }.Where(static text => text.Length > 0));
        schema.Insert(0, "description", words);
        return schema;
    }

    private static JsonObject Element(Type type) => OptionType.KindOf(type) == OptionKind.Group ? Reference(type) : Scalar(type);

    private static JsonObject Value(OptionModelEntry option)
    {
        Type type = OptionType.Bare(option.Info.Type);
        JsonObject schema = Scalar(type);
        if (type != option.Info.Type || type == typeof(string))
        {
            schema["type"] = new JsonArray(schema["type"]!.GetValue<string>(), "null");
            if (type.IsEnum)
            {
                schema["enum"]!.AsArray().Add(null);
            }
        }

        SchemaRange.Add(schema, type, option.Rule);

        // Another one on each machine, or a secret's place.
        if (option.Value is { } value && type != typeof(string) && !option.Info.IsSensitive)
        {
            schema["default"] = type.IsEnum || type == typeof(TimeSpan) || type == typeof(DateTimeOffset) || type == typeof(Uri)
                ? OptionText.Format(value)
                : JsonSerializer.SerializeToNode(value, type);
        }

        return schema;
    }

    private static JsonObject Scalar(Type type) =>
        type.IsEnum ? new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(static name => (JsonNode)name)]) }
        : type == typeof(TimeSpan) ? new JsonObject { ["type"] = "string", ["pattern"] = TimePattern }
        : type == typeof(bool) ? new JsonObject { ["type"] = "boolean" }
        : type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? new JsonObject { ["type"] = "number" }
        : type.IsPrimitive ? new JsonObject { ["type"] = "integer" }
        : type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
        : new JsonObject { ["type"] = "string" };
}
