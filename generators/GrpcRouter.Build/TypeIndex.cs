using Google.Protobuf.Reflection;

namespace GrpcRouter.Build;

// Every message of a file and its imports by protobuf name, with a leading dot as descriptors write it.
internal sealed class TypeIndex
{
    private readonly Dictionary<string, MessageType> types = new(StringComparer.Ordinal);

    public TypeIndex(FileDescriptorSet files)
    {
        foreach (var file in files.File)
        {
            var prefix = file.Package.Length == 0 ? "." : $".{file.Package}.";
            foreach (var message in file.MessageType)
            {
                Add(file.Name, message, prefix, CSharpNames.Qualify(CSharpNames.Namespace(file), message.Name));
            }
        }
    }

    public MessageType this[string name] => types[name];

    private void Add(string file, DescriptorProto message, string prefix, string csharpName)
    {
        var name = prefix + message.Name;
        types.Add(name, new MessageType(csharpName, file));
        foreach (var nested in message.NestedType)
        {
            Add(file, nested, name + ".", $"{csharpName}.Types.{nested.Name}");
        }
    }
}
