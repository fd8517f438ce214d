namespace GrpcRouter;

/// <summary>What a label of an instance may say.</summary>
public sealed class RegistrationLabelOptions
{
    /// <summary>The values that it may have, with <c>*</c> and <c>**</c> as in <see cref="RegistrationRuleOptions"/>. Default none: any.</summary>
    public IList<string> Values { get; } = [];

    /// <summary>The instance must have the label. Default false.</summary>
    public bool Required { get; set; }
}
