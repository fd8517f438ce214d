using System.Collections.Frozen;
using System.Text;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>What an instance serves by its own list. A router that is mistaken, or was taken over, reaches nothing else.</summary>
internal sealed class AllowedCalls
{
    private const string AllMethods = "/*";
    private const int MaxTenantLength = 256;

    private readonly RoutedService service;
    private readonly FrozenSet<uint>? methods;
    private readonly FrozenSet<string>? tenants;

    private AllowedCalls(RoutedService service, FrozenSet<uint>? methods, FrozenSet<string>? tenants)
    {
        this.service = service;
        this.methods = methods;
        this.tenants = tenants;
    }

    /// <summary>Null: all calls.</summary>
    public static AllowedCalls? Of(RoutedService service, BridgeOptions options)
    {
        if (options.AllowedMethods is null && options.AllowedTenants is null)
        {
            return null;
        }

        HashSet<string>? names = options.AllowedMethods?.ToHashSet(StringComparer.Ordinal);
        bool all = names is null || names.Contains(service.FullName + AllMethods);
        return new AllowedCalls(
            service,
            all ? null : service.Methods.Where(method => names!.Contains($"{service.FullName}/{method.Name}")).Select(static method => (uint)method.Number).ToFrozenSet(),
            options.AllowedTenants?.ToFrozenSet(StringComparer.Ordinal));
    }

    public static bool IsValid(string? method) => method?.Split('/') is [{ Length: > 0 }, { Length: > 0 }];

    /// <summary>Says why a call is not taken; null when it is.</summary>
    public Status? Check(uint method, ReadOnlySpan<byte> start) =>
        methods?.Contains(method) == false ? new Status(StatusCode.Unimplemented, $"This instance of {service.FullName} does not serve the method.")
        : tenants is not null && !MayServe(start) ? new Status(StatusCode.PermissionDenied, $"This instance of {service.FullName} does not serve the tenant of the call.")
        : null;

    // All that are named must be allowed, so that a second name is no way around the first.
    private bool MayServe(ReadOnlySpan<byte> start)
    {
        bool named = false;
        Span<char> name = stackalloc char[MaxTenantLength];
        FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = tenants!.GetAlternateLookup<ReadOnlySpan<char>>();
        MetadataReader entries = new(start, MetadataReader.InCallStart);
        while (entries.Read())
        {
            if (!entries.Key.SequenceEqual(MetadataRules.TenantKeyBytes))
            {
                continue;
            }

            if (entries.Value.Length > MaxTenantLength || !Encoding.UTF8.TryGetChars(entries.Value, name, out int length) || !lookup.Contains(name[..length]))
            {
                return false;
            }

            named = true;
        }

        return named && !entries.Broken;
    }
}
