namespace GrpcRouter;

/// <summary>
/// The options that hold for one method, narrowest first: the method's, the service's, the defaults; in the first two what is configured goes before what the .proto says.
/// </summary>
internal sealed class OptionScopes(ServicePolicyOptions? configured, ServicePolicyOptions declared, ServicePolicyOptions defaults)
{
    private static readonly CallPolicyOptions Nothing = new();

    /// <summary>The first value that a scope has; null when none has one.</summary>
    public T? Of<T>(string method, Func<CallPolicyOptions, T?> get)
        where T : struct =>
        OwnOf(method, get) ?? (configured is null ? null : get(configured)) ?? get(declared) ?? get(defaults);

    /// <inheritdoc cref="Of{T}(string, Func{CallPolicyOptions, T?})"/>
    public T? Of<T>(string method, Func<CallPolicyOptions, T?> get)
        where T : class =>
        get(Method(configured, method)) ?? get(Method(declared, method)) ?? (configured is null ? null : get(configured)) ?? get(declared) ?? get(defaults);

    /// <summary>The value that is set for the method itself.</summary>
    public T? OwnOf<T>(string method, Func<CallPolicyOptions, T?> get)
        where T : struct =>
        get(Method(configured, method)) ?? get(Method(declared, method));

    /// <inheritdoc cref="OwnOf{T}(string, Func{CallPolicyOptions, T?})"/>
    public T? OwnOf<T>(string method, Func<CallPolicyOptions, T?> get)
        where T : class =>
        get(Method(configured, method)) ?? get(Method(declared, method));

    /// <summary>The first value for the whole service.</summary>
    public T? OfService<T>(Func<ServicePolicyOptions, T?> get)
        where T : struct =>
        (configured is null ? null : get(configured)) ?? get(declared) ?? get(defaults);

    /// <inheritdoc cref="OfService{T}(Func{ServicePolicyOptions, T?})"/>
    public T? OfService<T>(Func<ServicePolicyOptions, T?> get)
        where T : class =>
        (configured is null ? null : get(configured)) ?? get(declared) ?? get(defaults);

    private static CallPolicyOptions Method(ServicePolicyOptions? service, string method) =>
        service is not null && service.Methods.TryGetValue(method, out CallPolicyOptions? options) ? options : Nothing;
}
