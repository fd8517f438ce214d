namespace GrpcRouter.Build;

// One page each under docs/diagnostics.
internal static class DiagnosticIds
{
    public const string ProtoRejected = "GRPCR001";
    public const string NotFound = "GRPCR002";
    public const string CompilerFailed = "GRPCR003";
    public const string NumberCollision = "GRPCR004";
    public const string NumberOutOfRange = "GRPCR005";
    public const string UnknownGrpcRouterValue = "GRPCR006";
    public const string NameCollision = "GRPCR007";
    public const string TypeNotVisible = "GRPCR008";
    public const string OutsideProtoRoot = "GRPCR009";
    public const string PolicyValueOutOfRange = "GRPCR010";
    public const string PolicyTextMalformed = "GRPCR011";
    public const string RetryAndHedging = "GRPCR012";
    public const string HedgingOfRequestStream = "GRPCR013";
}
