using System.Globalization;
using System.Text;

namespace GrpcRouter.Schema;

/// <summary>The text form of a <see cref="ProtoModel"/>: one record a line, tab-separated, a version in the first line.</summary>
/// <remarks>Equal models give equal text, whatever the culture and the platform.</remarks>
public static class ProtoModelText
{
    /// <summary>The version of the form, in the first line of every model. One reads no other.</summary>
    public const int Version = 2;

    internal static readonly string Header = "grpcrouter-model " + Number(Version);
    internal const string Trailer = "end";

    /// <summary>Writes <paramref name="model"/> with LF line ends.</summary>
    public static string Write(ProtoModel model)
    {
        var text = new StringBuilder(Header).Append('\n');
        Line(text, "proto", model.ProtoPath);
        Line(text, "import", model.ImportName);
        Line(text, "package", model.Package);
        Line(text, "namespace", model.CSharpNamespace);
        Line(text, "access", model.Access);
        Line(text, "router", Flag(model.Router));
        Line(text, "bridge", Flag(model.Bridge));
        Line(text, "service-bases", Flag(model.HasServiceBases));
        foreach (var service in model.Services)
        {
            Line(text, "service", service.Name, service.FullName, service.CSharpName, Span(service.Span));
            Policy(text, service.Policy);
            foreach (var method in service.Methods)
            {
                Line(text, "method", method.Name, method.CSharpName, method.Kind.ToString(), Number(method.Number),
                    method.RequestType, method.ResponseType, Span(method.Span));
                Policy(text, method.Policy);
            }
        }

        return text.Append(Trailer).Append('\n').ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="text">The text; CRLF line ends are accepted.</param>
    /// <param name="model">The model, when the result is true.</param>
    /// <param name="error">What is wrong and in which line, when the result is false.</param>
    public static bool TryRead(string text, out ProtoModel? model, out string? error)
    {
        try
        {
            model = new ProtoModelReader(text).Read();
            error = null;
            return true;
        }
        catch (FormatException exception)
        {
            model = null;
            error = exception.Message;
            return false;
        }
    }

    private static void Policy(StringBuilder text, EquatableArray<PolicySetting> policy)
    {
        foreach (var setting in policy)
        {
            Line(text, "policy", setting.Property, setting.Kind.ToString(), setting.Value);
        }
    }

    private static void Line(StringBuilder text, string keyword, params string[] fields)
    {
        text.Append(keyword);
        foreach (var field in fields)
        {
            text.Append('\t');
            foreach (var character in field)
            {
                _ = character switch
                {
                    '\\' => text.Append(@"\\"),
                    '\t' => text.Append(@"\t"),
                    '\r' => text.Append(@"\r"),
                    '\n' => text.Append(@"\n"),
                    _ => text.Append(character),
                };
            }
        }

        text.Append('\n');
    }

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Span(SourceSpan span) =>
        string.Join(" ", Number(span.Line), Number(span.Column), Number(span.EndLine), Number(span.EndColumn));
}
