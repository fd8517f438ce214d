using System.Globalization;
using System.Text;

namespace GrpcRouter.Schema;

internal sealed class ProtoModelReader(string text)
{
    private readonly string[] lines = text.Split('\n');
    private int next;

    /// <exception cref="FormatException">The text is not a model of this version.</exception>
    public ProtoModel Read()
    {
        if (Peek() != ProtoModelText.Header)
        {
            throw Malformed($"expected '{ProtoModelText.Header}'; clean and rebuild after changing the package version");
        }

        next++;
        var path = Field("proto");
        var import = Field("import");
        var package = Field("package");
        var csharpNamespace = Field("namespace");
        var access = Field("access");
        if (access is not ("public" or "internal"))
        {
            throw Malformed("access is neither public nor internal", -1);
        }

        var router = Flag("router");
        var bridge = Flag("bridge");
        var serviceBases = Flag("service-bases");
        var services = new List<ServiceModel>();
        while (Peek() != ProtoModelText.Trailer)
        {
            services.Add(Service());
        }

        return new ProtoModel(path, import, package, csharpNamespace, access, router, bridge, serviceBases, new(services));
    }

    private ServiceModel Service()
    {
        var fields = Fields("service", 4);
        var span = Span(fields[3]);
        var policy = Policy();
        var methods = new List<MethodModel>();
        while (IsNext("method"))
        {
            methods.Add(Method());
        }

        return new ServiceModel(fields[0], fields[1], fields[2], span, policy, new(methods));
    }

    private MethodModel Method()
    {
        var fields = Fields("method", 7);
        if (!Enum.TryParse<MethodKind>(fields[2], out var kind) || kind.ToString() != fields[2])
        {
            throw Malformed($"unknown method kind '{fields[2]}'", -1);
        }

        return new MethodModel(fields[0], fields[1], kind, Number(fields[3]), fields[4], fields[5], Span(fields[6]), Policy());
    }

    private EquatableArray<PolicySetting> Policy()
    {
        var settings = new List<PolicySetting>();
        while (IsNext("policy"))
        {
            var fields = Fields("policy", 3);
            if (!Enum.TryParse<PolicyValueKind>(fields[1], out var kind) || kind.ToString() != fields[1])
            {
                throw Malformed($"unknown kind of value '{fields[1]}'", -1);
            }

            var setting = new PolicySetting(fields[0], kind, fields[2]);
            settings.Add(PolicySyntax.IsValid(setting) ? setting : throw Malformed($"'{fields[2]}' is no {kind} for '{fields[0]}'", -1));
        }

        return new(settings);
    }

    private string Field(string keyword) => Fields(keyword, 1)[0];

    private bool Flag(string keyword) => Field(keyword) switch
    {
        "true" => true,
        "false" => false,
        _ => throw Malformed($"{keyword} is neither true nor false", -1),
    };

    private SourceSpan Span(string field)
    {
        var parts = field.Split(' ');
        return parts.Length == 4
            ? new SourceSpan(Number(parts[0]), Number(parts[1]), Number(parts[2]), Number(parts[3]))
            : throw Malformed("a span has four numbers", -1);
    }

    private int Number(string field) => int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw Malformed($"'{field}' is not a number", -1);

    private string[] Fields(string keyword, int count)
    {
        var fields = Peek()?.Split('\t') ?? [];
        if (fields.Length != count + 1 || fields[0] != keyword)
        {
            throw Malformed($"expected '{keyword}' with {count} field(s)");
        }

        next++;
        return [.. fields.Skip(1).Select(Unescape)];
    }

    private string Unescape(string field)
    {
        if (field.IndexOf('\\') < 0)
        {
            return field;
        }

        var plain = new StringBuilder(field.Length);
        for (var index = 0; index < field.Length; index++)
        {
            if (field[index] != '\\')
            {
                plain.Append(field[index]);
                continue;
            }

            index++;
            plain.Append((index < field.Length ? field[index] : '\0') switch
            {
                '\\' => '\\',
                't' => '\t',
                'r' => '\r',
                'n' => '\n',
                _ => throw Malformed("unknown escape", -1),
            });
        }

        return plain.ToString();
    }

    private bool IsNext(string keyword) => Peek()?.StartsWith(keyword + "\t", StringComparison.Ordinal) == true;

    private string? Peek() => next < lines.Length ? lines[next].TrimEnd('\r') : null;

    private FormatException Malformed(string what, int offset = 0) => new($"Line {next + 1 + offset} of the model: {what}.");
}
