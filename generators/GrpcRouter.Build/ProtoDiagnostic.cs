using GrpcRouter.Schema;

namespace GrpcRouter.Build;

internal sealed record ProtoDiagnostic(string Id, string File, SourceSpan Span, string Message);
