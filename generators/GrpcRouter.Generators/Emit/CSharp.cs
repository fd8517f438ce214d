using System.Globalization;
using GrpcRouter.Generators.Specs;
using Microsoft.CodeAnalysis.CSharp;

namespace GrpcRouter.Generators.Emit;

// Names and literals as C# writes them.
internal static class CSharp
{
    private static readonly string Version = typeof(CSharp).Assembly.GetName().Version.ToString();

    public static string GeneratedCode =>
        $"""[global::System.CodeDom.Compiler.GeneratedCode("GrpcRouter.Generators", "{Version}")]""";

    public static string Identifier(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    // A dotted name; what comes with an @ keeps it.
    public static string Name(string name) => string.Join(".", name.Split('.').Select(Identifier));

    // A type of a model, which starts with global:: already.
    public static string Type(string type)
    {
        const string Global = "global::";
        return Global + Name(type.StartsWith(Global, StringComparison.Ordinal) ? type.Substring(Global.Length) : type);
    }

    // A type beside the service class.
    public static string Sibling(ServiceSpec service, string type) => "global::" + Name(service.Qualify(type));

    public static string Literal(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    public static string Literal(int value) => value.ToString(CultureInfo.InvariantCulture);

    // Text that must stay on the line of its comment.
    public static string Comment(string text) => string.Concat(text.Select(character =>
        char.IsControl(character) || character is '\u2028' or '\u2029' ? '?' : character));
}
