using System.Globalization;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace GrpcRouter.Generators.Diagnostics;

// A diagnostic as a value: it can wait in the pipeline without holding a syntax tree.
internal sealed record Problem(DiagnosticDescriptor Rule, string Path, SourceSpan Span, EquatableArray<string> Arguments)
{
    public static Problem Create(DiagnosticDescriptor rule, string path, SourceSpan span, params string[] arguments) =>
        new(rule, path, span, new(arguments));

    // The base of help links is where the package lies, so a rule cannot hold it.
    public Diagnostic ToDiagnostic(string? helpLinkBase)
    {
        var start = Position(Span.Line, Span.Column);
        var end = Position(Span.EndLine, Span.EndColumn);
        var location = Location.Create(Path, default, new LinePositionSpan(start, end < start ? start : end));
        return Diagnostic.Create(
            Rule.Id,
            Rule.Category,
            string.Format(CultureInfo.InvariantCulture, Rule.MessageFormat.ToString(CultureInfo.InvariantCulture), [.. Arguments]),
            Rule.DefaultSeverity,
            Rule.DefaultSeverity,
            Rule.IsEnabledByDefault,
            warningLevel: 0,
            title: Rule.Title,
            helpLink: helpLinkBase is null ? null : $"{helpLinkBase}{Rule.Id}.md",
            location: location);
    }

    private static LinePosition Position(int line, int column) => new(Math.Max(0, line - 1), Math.Max(0, column - 1));
}
