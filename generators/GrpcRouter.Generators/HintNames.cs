using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GrpcRouter.Generators.Specs;

namespace GrpcRouter.Generators;

// Names of the emitted files: import path of the .proto, then the service, such as shop+orders.proto-shop.OrdersRouter.g.cs.
// The import path and not the full one, which would tie the output to the machine.
internal sealed class HintNames
{
    private readonly HashSet<string> shared;

    // Services that differ only by case have different types, and the compiler compares hint names without regard to case.
    public HintNames(IEnumerable<ServiceSpec> services) => shared = new(
        services.GroupBy(Stem, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()).Select(group => group.Key),
        StringComparer.OrdinalIgnoreCase);

    public string Router(ServiceSpec service) => Name(service, "Router");

    public string Bridge(ServiceSpec service) => Name(service, "Bridge");

    private string Name(ServiceSpec service, string suffix)
    {
        var stem = Stem(service);
        var distinction = shared.Contains(stem) ? "-" + Hash(service.Qualify(service.CSharpName)) : "";
        return $"{stem}{suffix}{distinction}.g.cs";
    }

    private static string Stem(ServiceSpec service) => $"{Escape(service.ImportName)}-{service.FullName}";

    private static string Escape(string path)
    {
        var escaped = new StringBuilder(path.Length);
        foreach (var character in path)
        {
            _ = character switch
            {
                '/' => escaped.Append('+'),
                '.' or '_' or '-' or ' ' => escaped.Append(character),
                _ when character < 128 && char.IsLetterOrDigit(character) => escaped.Append(character),
                _ => escaped.Append('(').Append(((int)character).ToString("x", CultureInfo.InvariantCulture)).Append(')'),
            };
        }

        return escaped.ToString();
    }

    private static string Hash(string text)
    {
        using var sha = SHA256.Create();
        return string.Concat(sha.ComputeHash(Encoding.UTF8.GetBytes(text)).Take(4).Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
