using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GrpcRouter.RepositoryTests;

/// <summary>Checks settings by a JSON schema, as far as ours goes: it fails on a keyword that it does not know.</summary>
internal sealed class SchemaWalk(JsonObject root)
{
    /// <summary>Paths of what does not fit.</summary>
    public IReadOnlyList<string> FindErrors(JsonNode? settings)
    {
        List<string> errors = [];
        Check(root, settings, "", errors);
        return errors;
    }

    private void Check(JsonObject schema, JsonNode? value, string path, List<string> errors)
    {
        bool fits = true;
        foreach ((string keyword, JsonNode? rule) in schema)
        {
            switch (keyword)
            {
                case "$schema" or "title" or "description" or "default" or "definitions" or "format":
                    break;
                case "$ref":
                    Check(root["definitions"]![rule!.GetValue<string>()["#/definitions/".Length..]]!.AsObject(), value, path, errors);
                    break;
                case "allOf":
                    Check(rule!.AsArray().Single()!.AsObject(), value, path, errors);
                    break;
                case "type":
                    fits &= rule is JsonArray types ? types.Any(type => Is(value, type!.GetValue<string>())) : Is(value, rule!.GetValue<string>());
                    break;
                case "enum":
                    fits &= rule!.AsArray().Any(choice => JsonNode.DeepEquals(choice, value));
                    break;
                case "pattern" when value?.GetValueKind() == JsonValueKind.String:
                    fits &= Regex.IsMatch(value.GetValue<string>(), rule!.GetValue<string>(), RegexOptions.None, TimeSpan.FromSeconds(1));
                    break;
                case "minimum" when value?.GetValueKind() == JsonValueKind.Number:
                    fits &= value.GetValue<double>() >= rule!.GetValue<double>();
                    break;
                case "maximum" when value?.GetValueKind() == JsonValueKind.Number:
                    fits &= value.GetValue<double>() <= rule!.GetValue<double>();
                    break;
                case "exclusiveMinimum" when value?.GetValueKind() == JsonValueKind.Number:
                    fits &= value.GetValue<double>() > rule!.GetValue<double>();
                    break;
                case "properties" or "additionalProperties" or "items" or "pattern" or "minimum" or "maximum" or "exclusiveMinimum":
                    break;
                default:
                    Assert.Fail($"The schema has '{keyword}' at {path}, which is not known here.");
                    break;
            }
        }

        if (!fits)
        {
            errors.Add(path);
        }

        CheckBelow(schema, value, path, errors);
    }

    private void CheckBelow(JsonObject schema, JsonNode? value, string path, List<string> errors)
    {
        if (value is JsonObject members)
        {
            foreach ((string name, JsonNode? member) in members)
            {
                string at = path.Length == 0 ? name : $"{path}:{name}";
                if (schema["properties"]?[name] is JsonObject known)
                {
                    Check(known, member, at, errors);
                }
                else if (schema["additionalProperties"] is JsonObject any)
                {
                    Check(any, member, at, errors);
                }
                else if (schema["additionalProperties"]?.GetValueKind() == JsonValueKind.False)
                {
                    errors.Add(at);
                }
            }
        }
        else if (value is JsonArray entries && schema["items"] is JsonObject each)
        {
            for (int i = 0; i < entries.Count; i++)
            {
                Check(each, entries[i], $"{path}:{i}", errors);
            }
        }
    }

    private static bool Is(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && double.IsInteger(value.GetValue<double>()),
        _ => false,
    };
}
