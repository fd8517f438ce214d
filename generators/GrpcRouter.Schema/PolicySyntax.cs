using System.Globalization;
using System.Text.RegularExpressions;

namespace GrpcRouter.Schema;

// Settings become C# as they stand: nothing may pass that would be other code there.
internal static class PolicySyntax
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly Regex Property = new(@"^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Timeout);
    private static readonly Regex Member = new(@"^[A-Z][A-Za-z0-9]*\z", RegexOptions.CultureInvariant, Timeout);
    private static readonly Regex Number = new(@"^-?[0-9]+(\.[0-9]+)?(E[-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Timeout);

    public static bool IsValid(PolicySetting setting) => Property.IsMatch(setting.Property) && setting.Kind switch
    {
        PolicyValueKind.Flag => setting.Value is "true" or "false",
        PolicyValueKind.Integer => int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == setting.Value,
        PolicyValueKind.Duration => long.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ticks)
            && ticks.ToString(CultureInfo.InvariantCulture) == setting.Value,
        PolicyValueKind.Number => Number.IsMatch(setting.Value),
        PolicyValueKind.Text => true,
        _ => Member.IsMatch(setting.Value),
    };
}
