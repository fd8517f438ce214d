using System.Collections.Immutable;
using GrpcRouter.Generators.Diagnostics;
using GrpcRouter.Generators.Specs;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;

namespace GrpcRouter.Generators;

// Turns the models of a project into specs. What a model alone cannot tell is found here: names that two of them want.
internal sealed class Linker
{
    private readonly List<Problem> problems = [];
    private readonly Service[] services;
    private readonly TypeNames types;
    private readonly HintNames hints;

    private Linker(IReadOnlyList<ProtoModel> models)
    {
        Service[] declared = [.. models
            .SelectMany(model => model.Services, (model, service) => new Service(model, service, Spec(model, service)))
            .OrderBy(service => service.Spec.FullName, StringComparer.Ordinal)];
        services = [.. declared.GroupBy(service => service.Spec.FullName, StringComparer.Ordinal).SelectMany(WithoutDuplicates)];
        types = new TypeNames(models, services.Select(service => service.Spec));
        hints = new HintNames(services.Select(service => service.Spec));
    }

    public static SchemaSpec Link(ImmutableArray<ProtoFile> files, RuntimeReferences runtime)
    {
        // Sorted, so that the order in which the compiler is given the files shows nowhere.
        var linker = new Linker([.. files
            .Select(file => file.Model)
            .OfType<ProtoModel>()
            .OrderBy(model => model.ImportName, StringComparer.Ordinal)
            .ThenBy(model => model.ProtoPath, StringComparer.Ordinal)]);
        linker.problems.AddRange(files.Select(file => file.Problem).OfType<Problem>());

        var routed = linker.Routed(runtime).ToArray();
        var bridged = linker.Bridged(runtime).ToArray();
        return new SchemaSpec(
            routed.Select(service => linker.Router(service)).ToEquatableArray(),
            bridged.Select(service => linker.Bridge(service, routed.Contains(service))).ToEquatableArray(),
            linker.problems
                .OrderBy(problem => problem.Path, StringComparer.Ordinal)
                .ThenBy(problem => problem.Span.Line)
                .ThenBy(problem => problem.Span.Column)
                .ThenBy(problem => problem.Rule.Id, StringComparer.Ordinal)
                .ToEquatableArray());
    }

    private static ServiceSpec Spec(ProtoModel model, ServiceModel service) =>
        new(service.FullName, model.ImportName, model.CSharpNamespace, service.CSharpName, model.Access);

    private static RouteSpec Route(MethodModel method) => new(method.Name, method.Kind, method.Number);

    private static IEnumerable<PolicySpec> Policies(ServiceModel service) => service.Methods
        .Select(method => new PolicySpec(method.Name, method.Policy))
        .Prepend(new PolicySpec(Method: null, service.Policy))
        .Where(policy => policy.Settings.Count > 0);

    private IEnumerable<Service> WithoutDuplicates(IEnumerable<Service> sameName)
    {
        Service[] all = [.. sameName];
        if (all.Length == 1)
        {
            return all;
        }

        for (var index = 0; index < all.Length; index++)
        {
            Report(Rules.DuplicateService, all[index], all[index].Spec.FullName, all[index == 0 ? 1 : 0].Model.ProtoPath);
        }

        return [];
    }

    private IEnumerable<Service> Routed(RuntimeReferences runtime)
    {
        Service[] wanted = [.. services.Where(service => service.Model.Router && IsFree(service, service.Spec.RouterName))];
        return Referenced(wanted, runtime.Router, "router", RuntimeReferences.RouterAssembly, "GrpcRouter.AspNetCore");
    }

    private IEnumerable<Service> Bridged(RuntimeReferences runtime)
    {
        foreach (var service in services.Where(service => service.Model is { Bridge: true, HasServiceBases: false }))
        {
            Report(Rules.NoServiceBase, service, service.Spec.FullName);
        }

        Service[] wanted = [.. services.Where(service =>
            service.Model is { Bridge: true, HasServiceBases: true } && IsFree(service, service.Spec.BridgeName))];
        return Referenced(wanted, runtime.Bridge, "bridge", RuntimeReferences.BridgeAssembly, RuntimeReferences.BridgeAssembly);
    }

    // One report for the project: the cure is the same for all its services.
    private Service[] Referenced(Service[] wanted, bool isReferenced, string what, string assembly, string package)
    {
        if (isReferenced || wanted.Length == 0)
        {
            return wanted;
        }

        Report(Rules.NoRuntime, wanted[0], what, wanted[0].Spec.FullName, assembly, package);
        return [];
    }

    private bool IsFree(Service service, string type)
    {
        var name = service.Spec.Qualify(type);
        if (types.OtherHolder(name, service.Spec) is not { } holder)
        {
            return true;
        }

        Report(Rules.NameTaken, service, name, service.Spec.FullName, holder);
        return false;
    }

    private RouterSpec Router(Service service) =>
        new(hints.Router(service.Spec), service.Spec, service.Declaration.Methods.Select(Route).ToEquatableArray(), Policies(service.Declaration).ToEquatableArray());

    private BridgeSpec Bridge(Service service, bool hasRouter) => new(
        hints.Bridge(service.Spec),
        service.Spec,
        hasRouter,
        service.Declaration.Methods
            .Select(method => new MethodSpec(Route(method), method.CSharpName, method.RequestType, method.ResponseType))
            .ToEquatableArray());

    private void Report(DiagnosticDescriptor rule, Service service, params string[] arguments) =>
        problems.Add(Problem.Create(rule, service.Model.ProtoPath, service.Declaration.Span, arguments));

    private sealed record Service(ProtoModel Model, ServiceModel Declaration, ServiceSpec Spec);
}
