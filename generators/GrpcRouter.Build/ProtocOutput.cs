using System.Globalization;
using System.Text.RegularExpressions;
using GrpcRouter.Schema;

namespace GrpcRouter.Build;

// Reads what protoc writes to its standard error.
internal static class ProtocOutput
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly Regex Positioned = new(
        @"^(?<file>.+?):(?<line>[0-9]+):(?<column>[0-9]+): (?<message>.*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Timeout);

    private static readonly Regex MissingFile = new(
        @"^(?<file>.+): File not found\.$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Timeout);

    private static readonly Regex Import = new(
        @"^Import ""(?<file>.+)"" was not found or had errors\.$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Timeout);

    public static IReadOnlyList<ProtoDiagnostic> Parse(string output, RoutedProto proto)
    {
        var lines = output.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).ToArray();
        var missing = new HashSet<string>(lines.Select(line => MissingFile.Match(line)).Where(match => match.Success)
            .Select(match => match.Groups["file"].Value), StringComparer.Ordinal);
        return [.. lines.Select(line => Parse(line, proto, missing)).OfType<ProtoDiagnostic>()];
    }

    private static ProtoDiagnostic? Parse(string line, RoutedProto proto, HashSet<string> missing)
    {
        var positioned = Positioned.Match(line);
        if (positioned.Success)
        {
            return AtPosition(positioned, proto, missing);
        }

        // The line with the import's position follows and says it better.
        if (MissingFile.IsMatch(line) || IsWarning(line))
        {
            return null;
        }

        return line.Contains("does not reside within any path specified")
            ? new(DiagnosticIds.OutsideProtoRoot, proto.Path, default,
                $"The file is neither under its ProtoRoot '{proto.ProtoRoot}' nor under a folder of AdditionalImportDirs.")
            : new(DiagnosticIds.ProtoRejected, proto.Path, default, line);
    }

    private static ProtoDiagnostic? AtPosition(Match match, RoutedProto proto, HashSet<string> missing)
    {
        var message = match.Groups["message"].Value;
        if (message.StartsWith("warning: ", StringComparison.Ordinal))
        {
            return null;
        }

        var span = Span(match);
        var file = Locate(match.Groups["file"].Value, proto);
        var import = Import.Match(message);
        return import.Success && missing.Contains(import.Groups["file"].Value)
            ? new(DiagnosticIds.NotFound, file, span,
                $"Import \"{import.Groups["file"].Value}\" was not found in {string.Join(", ", proto.ImportDirs.Select(directory => $"'{directory}'"))}.")
            : new(DiagnosticIds.ProtoRejected, file, span, message);
    }

    // The same warnings come again when Grpc.Tools compiles the file.
    private static bool IsWarning(string line) => line.Contains(": warning: ");

    private static SourceSpan Span(Match match)
    {
        var line = int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture);
        var column = int.Parse(match.Groups["column"].Value, CultureInfo.InvariantCulture);
        return new SourceSpan(line, column, line, column);
    }

    // protoc names an imported file as it is imported.
    private static string Locate(string file, RoutedProto proto) => ImportSearch.Find(proto.ImportDirs, file) ?? file;
}
