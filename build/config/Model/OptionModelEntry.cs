namespace GrpcRouter.Config;

/// <summary>One option, in words.</summary>
/// <param name="Info">The property.</param>
/// <param name="Kind">Its type and unit.</param>
/// <param name="Default">What counts when it is not set.</param>
/// <param name="Rule">What it may be, as the validation says; empty: anything of its type.</param>
/// <param name="Effect">From when on a change counts.</param>
/// <param name="Summary">What it is for.</param>
/// <param name="Value">The value that it has when nothing is set; null when there is none.</param>
internal sealed record OptionModelEntry(OptionInfo Info, string Kind, string Default, string Rule, ReloadEffect Effect, string Summary, object? Value);
