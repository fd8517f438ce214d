using System.Text;
using Google.Protobuf.Reflection;

namespace GrpcRouter.Build;

// The naming rules of protoc's C# generator, as far as the generated code refers to them.
internal static class CSharpNames
{
    public static string Namespace(FileDescriptorProto file) => file.Options is { HasCsharpNamespace: true } options
        ? options.CsharpNamespace
        : PascalCase(file.Package, keepPeriods: true);

    public static string Qualify(string csharpNamespace, string name) =>
        csharpNamespace.Length == 0 ? $"global::{name}" : $"global::{csharpNamespace}.{name}";

    public static string ReflectionClass(string importName)
    {
        var name = importName.Substring(importName.LastIndexOf('/') + 1);
        return PascalCase(StripExtension(name)) + "Reflection";
    }

    public static string StripExtension(string name) =>
        name.EndsWith(".proto", StringComparison.Ordinal) ? name.Substring(0, name.Length - ".proto".Length) : name;

    public static string PascalCase(string name, bool keepPeriods = false)
    {
        var result = new StringBuilder(name.Length);
        var capitalize = true;
        foreach (var character in name)
        {
            switch (character)
            {
                case >= 'a' and <= 'z':
                    result.Append(capitalize ? (char)(character - 'a' + 'A') : character);
                    capitalize = false;
                    break;
                case >= 'A' and <= 'Z':
                    result.Append(character);
                    capitalize = false;
                    break;
                case >= '0' and <= '9':
                    result.Append(character);
                    capitalize = true;
                    break;
                default:
                    capitalize = true;
                    if (keepPeriods && character == '.')
                    {
                        result.Append('.');
                    }

                    break;
            }
        }

        // An identifier cannot start with a digit; protoc keeps an underscore then.
        if (result.Length > 0 && result[0] is >= '0' and <= '9' && name[0] == '_')
        {
            result.Insert(0, '_');
        }

        return result.ToString();
    }
}
