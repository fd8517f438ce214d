using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using GrpcRouter.Schema;
using GrpcRouter.V1;

namespace GrpcRouter.Build;

// Takes a policy apart. The fields of options.proto are named like the properties of the runtime's options, so that the way to a
// field is also the way to the property.
internal sealed class PolicyReader(string subject, string option)
{
    private readonly List<PolicySetting> settings = [];
    private readonly List<PolicyProblem> problems = [];

    public IReadOnlyList<PolicySetting> Settings => settings;

    public IReadOnlyList<PolicyProblem> Problems => problems;

    public void Read(IMessage policy) => Read(policy, [], "", "");

    private void Read(IMessage message, int[] path, string properties, string fields)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated || field.Accessor.HasValue(message))
            {
                Read(field, field.Accessor.GetValue(message), [.. path, field.FieldNumber], properties + field.PropertyName, fields + field.Name);
            }
        }
    }

    private void Read(FieldDescriptor field, object value, int[] path, string property, string name)
    {
        switch (value)
        {
            case Duration duration:
                Add(field, duration, path, property, name);
                break;
            case IMessage message:
                Read(message, path, property + ".", name + ".");
                break;
            case IEnumerable codes when field.FieldType == FieldType.Enum:
                AddCodes(codes.Cast<Code>(), path, property, name);
                break;
            case bool flag:
                settings.Add(new(property, PolicyValueKind.Flag, flag ? "true" : "false"));
                break;
            case int number:
                AddInRange(field, number, path, name, number.ToString(CultureInfo.InvariantCulture), new(property, PolicyValueKind.Integer, number.ToString(CultureInfo.InvariantCulture)));
                break;
            case double number:
                AddInRange(field, number, path, name, number.ToString("R", CultureInfo.InvariantCulture), new(property, PolicyValueKind.Number, number.ToString("R", CultureInfo.InvariantCulture)));
                break;
            case string text:
                Add(field, text, path, property, name);
                break;
            default:
                throw new InvalidOperationException($"{name} is of a type that no policy has.");
        }
    }

    private void Add(FieldDescriptor field, Duration duration, int[] path, string property, string name)
    {
        var written = duration.Seconds.ToString(CultureInfo.InvariantCulture) + " s"
            + (duration.Nanos == 0 ? "" : $" and {duration.Nanos.ToString(CultureInfo.InvariantCulture)} ns");
        if (duration.Seconds is < Duration.MinSeconds or > Duration.MaxSeconds
            || duration.Nanos is <= -Duration.NanosecondsPerSecond or >= Duration.NanosecondsPerSecond
            || Math.Sign(duration.Seconds) * Math.Sign(duration.Nanos) < 0)
        {
            Refuse(DiagnosticIds.PolicyValueOutOfRange, path, name, written, "a duration as google/protobuf/duration.proto defines it");
            return;
        }

        var ticks = (duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / Duration.NanosecondsPerTick);
        AddInRange(field, (double)ticks / TimeSpan.TicksPerSecond, path, name, written, new(property, PolicyValueKind.Duration, ticks.ToString(CultureInfo.InvariantCulture)));
    }

    private void Add(FieldDescriptor field, string text, int[] path, string property, string name)
    {
        if (PolicyTexts.Expected(field, text) is { } expected)
        {
            Refuse(DiagnosticIds.PolicyTextMalformed, path, name, $"'{text}'", expected);
        }
        else
        {
            settings.Add(new(property, PolicyValueKind.Text, text));
        }
    }

    private void AddCodes(IEnumerable<Code> codes, int[] path, string property, string name)
    {
        foreach (var code in codes.Distinct())
        {
            if (code is >= Code.Cancelled and <= Code.Unauthenticated)
            {
                settings.Add(new(property, PolicyValueKind.Status, code.ToString()));
            }
            else
            {
                Refuse(DiagnosticIds.PolicyValueOutOfRange, path, name, code.ToString().ToUpperInvariant(), "statuses of gRPC other than OK");
            }
        }
    }

    private void AddInRange(FieldDescriptor field, double value, int[] path, string name, string written, PolicySetting setting)
    {
        var range = PolicyRanges.Of(field);
        if (range.Contains(value))
        {
            settings.Add(setting);
        }
        else
        {
            Refuse(DiagnosticIds.PolicyValueOutOfRange, path, name, written, range.ToString());
        }
    }

    private void Refuse(string id, int[] path, string name, string written, string expected) =>
        problems.Add(new(id, path, $"{subject} sets {name} to {written}; {option} takes {expected} there."));
}
