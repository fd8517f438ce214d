using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Fills any generated message by reflection.</summary>
internal static class RandomMessage
{
    public static IMessage Of(MessageDescriptor type, Random random, int depth = 4)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (random.OneIn(3) || (depth == 0 && field.FieldType == FieldType.Message))
            {
                continue;
            }

            if (field.IsMap)
            {
                var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
                var (key, value) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
                for (var count = random.Next(3); count > 0; count--)
                {
                    map[Value(key, random, depth)] = Value(value, random, depth);
                }
            }
            else if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var count = random.Next(4); count > 0; count--)
                {
                    list.Add(Value(field, random, depth));
                }
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, random, depth));
            }
        }

        return message;
    }

    /// <summary>Serialized fields that no message of the tests knows, each once, as another version of the schema would add.</summary>
    public static byte[] UnknownFields(Random random, int first, int last)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            for (var number = random.Next(first, last + 1); number <= last && !random.OneIn(4); number += random.Next(1, 1 + (last - first)))
            {
                switch (random.Next(4))
                {
                    case 0:
                        output.WriteTag(number, WireFormat.WireType.Varint);
                        output.WriteUInt64(random.NextUInt64());
                        break;
                    case 1:
                        output.WriteTag(number, WireFormat.WireType.Fixed64);
                        output.WriteFixed64(random.NextUInt64());
                        break;
                    case 2:
                        output.WriteTag(number, WireFormat.WireType.Fixed32);
                        output.WriteFixed32(random.NextUInt32());
                        break;
                    default:
                        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
                        output.WriteBytes(ByteString.CopyFrom(random.NextBytes(300)));
                        break;
                }
            }
        }

        return stream.ToArray();
    }

    private static object Value(FieldDescriptor field, Random random, int depth) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType, random, depth - 1),
        FieldType.String => random.NextText(200),
        FieldType.Bytes => ByteString.CopyFrom(random.NextBytes(20_000)),
        FieldType.Bool => random.NextBool(),
        FieldType.Double => random.NextDouble(),
        FieldType.Float => random.NextSingle(),
        FieldType.Enum => EnumValue(field.EnumType, random),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)random.NextUInt32(),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => (long)random.NextUInt64(),
        FieldType.UInt32 or FieldType.Fixed32 => random.NextUInt32(),
        FieldType.UInt64 or FieldType.Fixed64 => random.NextUInt64(),
        _ => throw new NotSupportedException(field.FieldType.ToString()),
    };

    private static object EnumValue(EnumDescriptor type, Random random) =>
        Enum.ToObject(type.ClrType, type.Values[random.Next(type.Values.Count)].Number);
}
