namespace GrpcRouter.Generators;

// Names of the pipeline's steps, in their order.
internal static class TrackingNames
{
    public const string Options = nameof(Options);
    public const string ModelFile = nameof(ModelFile);
    public const string ProtoFile = nameof(ProtoFile);
    public const string Runtime = nameof(Runtime);
    public const string Schema = nameof(Schema);
    public const string RouterSpec = nameof(RouterSpec);
    public const string BridgeSpec = nameof(BridgeSpec);
    public const string Problem = nameof(Problem);
}
