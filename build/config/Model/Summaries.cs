using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace GrpcRouter.Config;

/// <summary>The documentation comments of the options, as Markdown on one line.</summary>
internal sealed partial class Summaries(Dictionary<string, string> texts)
{
    public static Summaries Load()
    {
        // Options that router and bridge have in common are not the router's own.
        Type[] homes = [typeof(RouterOptions), typeof(CertificateOptions)];
        return new Summaries(homes.SelectMany(static home => XDocument.Load(Path.ChangeExtension(home.Assembly.Location, ".xml")).Descendants("member"))
            .Where(static member => member.Element("summary") is not null)
            .ToDictionary(static member => member.Attribute("name")!.Value, static member => Flatten(member.Element("summary")!), StringComparer.Ordinal));
    }

    public string Of(Type type) => texts.GetValueOrDefault($"T:{type.FullName}", "");

    public string Of(PropertyInfo property) => texts.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}", "");

    private static string Flatten(XElement element) => Spaces().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" or "paramref" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" or "seealso" } see => see.Attribute("cref") is { } reference ? $"`{Name(reference.Value)}`"
            : see.Attribute("langword") is { } word ? $"`{word.Value}`" : see.Value,
        XElement other => $" {Flatten(other)} ",
        _ => "",
    };

    // What a reader sees of P:GrpcRouter.RouterOptions.Defaults is Defaults.
    private static string Name(string reference)
    {
        string path = reference[2..].Split('(')[0];
        string[] parts = path.Split('.');
        return reference[0] == 'P' || reference[0] == 'T' ? parts[^1] : string.Join('.', parts[^2..]);
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
