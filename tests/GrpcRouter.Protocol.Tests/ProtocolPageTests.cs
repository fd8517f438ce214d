using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using GrpcRouter.Schema;
using GrpcRouter.V1;

namespace GrpcRouter.Protocol.Tests;

/// <summary>What docs/protocol.md says in tables is what the code has.</summary>
public sealed partial class ProtocolPageTests
{
    public static TheoryData<string> Messages => [.. ControlReflection.Descriptor.MessageTypes.Where(type => type.Fields.InDeclarationOrder().Count > 0).Select(type => type.Name)];

    public static TheoryData<string> Enums => [.. ControlReflection.Descriptor.EnumTypes.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_field_of_a_message_is_explained(string name)
    {
        var type = ControlReflection.Descriptor.MessageTypes.Single(message => message.Name == name);

        var actual = ProtocolPage.TableAfter(line => line.StartsWith('`') && line.EndsWith(':') && line.Contains($"`{name}`", StringComparison.Ordinal))
            .Select(row => $"{row[0]} {ProtocolPage.Code(row[1])}: {ProtocolPage.Code(row[2])}");

        Assert.Equal(type.Fields.InFieldNumberOrder().Select(field => $"{field.FieldNumber} {field.Name}: {TypeOf(field)}"), actual);
    }

    [Theory]
    [MemberData(nameof(Enums))]
    public void Every_value_of_an_enum_is_explained(string name)
    {
        var type = ControlReflection.Descriptor.EnumTypes.Single(candidate => candidate.Name == name);

        var first = Array.FindIndex(ProtocolPage.Lines, line => line.StartsWith("| 0 |", StringComparison.Ordinal) && line.Contains(type.Values[0].Name, StringComparison.Ordinal));
        var actual = ProtocolPage.Lines.Skip(first).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries));

        Assert.Equal(type.Values.Select(value => $"{value.Number} {value.Name}"), actual.Select(row => $"{row[1]} {ProtocolPage.Code(row[2])}"));
    }

    [Theory]
    [InlineData("GreeterRouterFrame")]
    [InlineData("GreeterInstanceFrame")]
    public void The_frames_are_shown_as_they_are(string name)
    {
        var shown = Spaces().Replace(Comments().Replace(ProtocolPage.Fence("```proto"), ""), " ");
        var type = Greet.GreetRouterReflection.Descriptor.MessageTypes.Single(message => message.Name == name);
        var oneof = type.RealOneofCount == 1 ? type.Oneofs[0] : null;
        var plain = type.Fields.InFieldNumberOrder().Where(field => field.RealContainingOneof is null).Select(Declaration);
        var typed = type.Fields.InFieldNumberOrder().Where(field => field.RealContainingOneof is not null).Select(Declaration);

        Assert.Contains($"message {name} {{ {string.Join(' ', plain)} oneof {oneof!.Name} {{ {string.Join(' ', typed)} }} }}", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_frame_fields_has_every_number()
    {
        var rows = ProtocolPage.TableAfter(line => line == "| field | number | says |");
        var actual = rows[..^1].Select(row => $"{row[1]} {ProtocolPage.Code(row[0])}").Order(StringComparer.Ordinal);
        var expected = new[] { Greet.GreeterRouterFrame.Descriptor, Greet.GreeterInstanceFrame.Descriptor }
            .SelectMany(type => type.Fields.InFieldNumberOrder())
            .Where(field => field.FieldNumber < FrameField.FirstMethod)
            .Select(field => $"{field.FieldNumber} {field.Name}")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void The_numbers_of_the_example_methods_are_right()
    {
        var rows = ProtocolPage.TableAfter(line => line == "| method | hash | number |");

        Assert.Equal(3, rows.Count);
        foreach (var row in rows)
        {
            var hash = ProtocolPage.Number(row[1]);
            Assert.Equal(ProtocolPage.Number(row[2]), MethodNumbers.FromName(ProtocolPage.Code(row[0])));
            Assert.Equal(ProtocolPage.Number(row[2]), 20_000 + (hash % 33_534_432));
        }
    }

    [Fact]
    public void The_example_of_credit_is_what_the_windows_do()
    {
        const int initial = 65_536;
        const long roundTrip = 10;
        SendWindow sender = new(initial);
        ReceiveWindow receiver = new(initial, 4 << 20, new WindowBudget(64 << 20));
        long consumed = 0;
        var rows = ProtocolPage.TableAfter(line => line.StartsWith("| step | event |", StringComparison.Ordinal));
        foreach (var row in rows)
        {
            var bytes = ProtocolPage.Number(row[2]);
            if (row[1] == "send")
            {
                Assert.InRange(bytes, 1, sender.Available);
                sender.Take(bytes);
                Assert.True(receiver.TryReceive(bytes));
            }
            else
            {
                var credit = receiver.Consume((int)bytes, ProtocolPage.Number(row[3]), roundTrip);
                consumed = credit > 0 ? 0 : consumed + bytes;
                Assert.Equal(row[6].Length == 0 ? 0 : ProtocolPage.Number(row[6]), credit);
                Assert.True(sender.TryGrant((ulong)credit));
            }

            Assert.Equal(ProtocolPage.Number(row[4]), sender.Available);
            Assert.Equal(ProtocolPage.Number(row[5]), consumed);
        }

        Assert.Equal(10, rows.Count);
        Assert.Equal(2 * initial, receiver.Size);
    }

    [Fact]
    public void The_example_of_an_overrun_is_one_byte_too_many()
    {
        var ninth = ProtocolPage.TableAfter(line => line.StartsWith("| step | event |", StringComparison.Ordinal))[8];
        var text = string.Join(' ', ProtocolPage.Lines);

        var message = OverrunExample().Match(text);
        Assert.Equal(ProtocolPage.Number(ninth[4]) + 1, ProtocolPage.Number(message.Groups[2].Value));
        Assert.Equal(5, ProtocolPage.Number(message.Groups[2].Value) - ProtocolPage.Number(message.Groups[1].Value));
    }

    [Fact]
    public void The_reserved_keys_are_the_reserved_keys()
    {
        var text = string.Join(' ', ProtocolPage.Lines);
        var list = text[text.IndexOf("<!-- reserved -->", StringComparison.Ordinal)..];
        var keys = Quoted().Matches(list[..list.IndexOf("everything", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).ToArray();

        Assert.Equal(16, keys.Length);
        Assert.All(keys, key => Assert.True(MetadataRules.IsReserved(key), key));
        Assert.Contains($"begins with `{MetadataRules.RouterPrefix}`", list, StringComparison.Ordinal);
    }

    private static string Declaration(FieldDescriptor field) =>
        $"{(field.HasPresence && field.FieldType != FieldType.Message ? "optional " : "")}{TypeName(field)} {field.Name} = {field.FieldNumber};";

    private static string TypeOf(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return $"map<{TypeName(field.MessageType.FindFieldByNumber(1))}, {TypeName(field.MessageType.FindFieldByNumber(2))}>";
        }

        var label = field.IsRepeated ? "repeated " : field.RealContainingOneof is null && field.HasPresence && field.FieldType != FieldType.Message ? "optional " : "";
        return label + TypeName(field).Replace("grpcrouter.v1.", "", StringComparison.Ordinal);
    }

    private static string TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message when field.MessageType.File.Package == field.File.Package => field.MessageType.Name,
        FieldType.Message => field.MessageType.FullName,
        FieldType.Enum => field.EnumType.Name,
        _ => field.FieldType.ToString().ToLowerInvariant(),
    };

    [GeneratedRegex("`([^`]+)`", RegexOptions.None, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"a message of ([0-9,]+) bytes after step 9, cost ([0-9,]+),", RegexOptions.None, 1000)]
    private static partial Regex OverrunExample();

    [GeneratedRegex("//[^\n]*", RegexOptions.None, 1000)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
