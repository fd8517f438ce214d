using System.Xml;
using System.Xml.Linq;
using GrpcRouter.Schema;

namespace GrpcRouter.Build;

// MSBuild tells a task which project file defines an item but not where; the metadata's value finds the line.
internal static class ItemLocation
{
    public static SourceSpan OfMetadata(string projectFile, string name, string value)
    {
        try
        {
            return XDocument.Load(projectFile, LoadOptions.SetLineInfo)
                .Descendants()
                .SelectMany(element => element.Attributes().Cast<XObject>().Append(element))
                .Where(node => node is XAttribute attribute
                    ? attribute.Name.LocalName == name && attribute.Value == value
                    : node is XElement element && element.Name.LocalName == name && element.Value == value)
                .Cast<IXmlLineInfo>()
                .Select(info => new SourceSpan(info.LineNumber, info.LinePosition, info.LineNumber, info.LinePosition + name.Length))
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or XmlException or UnauthorizedAccessException or ArgumentException)
        {
            return default;
        }
    }
}
