using System.Reflection;

namespace GrpcRouter.FunctionalTests;

/// <summary>Routers of services that nobody has written: one for each type it is closed over.</summary>
internal static class ManyRouters
{
    public static void Add(RouterHub hub, int count)
    {
        MethodInfo get = typeof(RouterHub).GetMethod(nameof(RouterHub.GetRouter))!;
        Type[] names = [.. typeof(object).Assembly.GetExportedTypes().Where(static type => type.IsClass && !type.ContainsGenericParameters && !(type.IsAbstract && type.IsSealed)).Take(count)];
        Assert.Equal(count, names.Length);
        foreach (Type name in names)
        {
            get.MakeGenericMethod(typeof(Router<>).MakeGenericType(name)).Invoke(hub, null);
        }
    }

    private sealed class Router<T> : ServiceRouter, IServiceRouter<Router<T>>
    {
        private Router(RouterHub hub)
            : base(hub, Service)
        {
        }

        public static new RoutedService Service { get; } = new($"many.{typeof(T).FullName}");

        public static Router<T> Create(RouterHub hub) => new(hub);
    }
}
