using System.Globalization;
using GrpcRouter.Generators.Diagnostics;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;

namespace GrpcRouter.Generators;

// One additional file: its model, or why there is none.
internal sealed record ProtoFile(ProtoModel? Model, Problem? Problem)
{
    private const string HeaderPrefix = "grpcrouter-model ";

    public static ProtoFile Read(AdditionalText file, CancellationToken cancellation)
    {
        if (file.GetText(cancellation)?.ToString() is not { } text)
        {
            return new(null, Problem.Create(Rules.UnreadableModel, file.Path, default, "the file cannot be opened"));
        }

        if (OtherVersion(text) is { } version)
        {
            return new(null, Problem.Create(Rules.OtherModelVersion, file.Path, default, version, ProtoModelText.Version.ToString(CultureInfo.InvariantCulture)));
        }

        return ProtoModelText.TryRead(text, out var model, out var error)
            ? new(model, null)
            : new(null, Problem.Create(Rules.UnreadableModel, file.Path, default, error!.TrimEnd('.')));
    }

    private static string? OtherVersion(string text)
    {
        if (!text.StartsWith(HeaderPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var end = text.IndexOf('\n');
        var version = text.Substring(HeaderPrefix.Length, (end < 0 ? text.Length : end) - HeaderPrefix.Length).TrimEnd('\r');
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != ProtoModelText.Version ? version : null;
    }
}
