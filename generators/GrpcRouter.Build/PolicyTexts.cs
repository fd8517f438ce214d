using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;

namespace GrpcRouter.Build;

// What the texts of a policy may be.
internal static class PolicyTexts
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly Regex PolicyName = new(@"^[a-z0-9_]+\z", RegexOptions.CultureInvariant, Timeout);

    // The names of metadata (gRPC over HTTP/2, Custom-Metadata); fields of HTTP/2 are written in lower case.
    private static readonly Regex MetadataKey = new(@"^[a-z0-9_.-]+\z", RegexOptions.CultureInvariant, Timeout);

    // What is wrong with a text: null, or what would be right.
    public static string? Expected(FieldDescriptor field, string value) => $"{field.ContainingType.Name}.{field.Name}" switch
    {
        "LoadBalancingPolicy.policy" => PolicyName.IsMatch(value) ? null : "a name of lower-case letters, digits and underscores",
        "LoadBalancingPolicy.hash_header" => MetadataKey.IsMatch(value) && !value.EndsWith("-bin", StringComparison.Ordinal)
            ? null
            : "a metadata key of lower-case letters, digits, '-', '_' and '.' that does not end in '-bin'",
        "LoadBalancingPolicy.weight_signal" => value.Length > 0 ? null : "the name of a signal",
        "CallPolicy.authorization_policy" or "ServicePolicy.authorization_policy" => value.Length > 0 && value == value.Trim() && !value.Any(char.IsControl)
            ? null
            : "the name of an authorization policy",
        var name => throw new InvalidOperationException($"{name} has no rule."),
    };
}
