using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;

namespace GrpcRouter;

/// <summary>
/// Makes channels of Grpc.Net.Client to routers. What is set in the options stands; where they leave the transport open, it is <see cref="SocketsHttpHandler"/> with HTTP/2 (without
/// TLS on http addresses), more connections when one is full, 10 s to connect, a ping after 20 s without a sign of life while calls are under way, 10 s for its answer, and no proxy.
/// </summary>
public static class RouterChannel
{
    private const string DnsScheme = "dns";

    /// <summary>Makes a channel to one router, or to all that a name stands for. Connections are opened by calls.</summary>
    /// <param name="address">
    /// Such as <c>http://localhost:5000</c> (HTTP/2 without TLS) or <c>https://router.example</c>. <c>dns:///router.example:443</c> stands for every address of the name, of which the
    /// first that answers is called; with TLS unless the options' <see cref="GrpcChannelOptions.Credentials"/> are <see cref="ChannelCredentials.Insecure"/>.
    /// </param>
    /// <param name="options">How it connects and calls; the defaults when null. They are read, not changed.</param>
    /// <exception cref="ArgumentException">The address is of no such form, or the options contradict themselves.</exception>
    /// <exception cref="InvalidOperationException">The address contradicts the credentials, or needs another handler.</exception>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? name) || name.Scheme != DnsScheme)
        {
            return GrpcChannel.ForAddress(RouterAddresses.Read(address, nameof(address)), ChannelDefaults.Complete(options));
        }

        if (name.Host.Length > 0 || name.AbsolutePath.Length < 2)
        {
            throw new ArgumentException($"'{address}' names no router; 'dns:///router.example:443' would.", nameof(address));
        }

        GrpcChannelOptions settings = ChannelDefaults.Complete(options);
        settings.Credentials ??= ChannelCredentials.SecureSsl;
        return GrpcChannel.ForAddress(name, settings);
    }

    /// <summary>
    /// Makes a channel to several routers that serve the same. Calls go to one of them, the first at the beginning, until it cannot be reached, is leaving or has no instance of the
    /// service; then to the next. A call that was turned away before an instance could see it is made at the next one, unless its requests stream and have been sent; any other
    /// ends as it would with one router, with <see cref="StatusCode.Unavailable"/> where that is lost. A call that finds none is <see cref="StatusCode.Unavailable"/> too,
    /// or waits if it was made <see cref="CallOptions.WithWaitForReady"/>. With a load balancing policy, such as <c>round_robin</c>, in the
    /// <see cref="GrpcChannelOptions.ServiceConfig"/>, that says which router a call goes to, and calls that are turned away end so.
    /// </summary>
    /// <param name="addresses">Such as <c>http://one:5000</c> and <c>http://two:5000</c>; all http or all https. A host name with several addresses is one router.</param>
    /// <param name="options">How it connects and calls; the defaults when null. They are read, not changed.</param>
    /// <exception cref="ArgumentException">There is no address, one is of no such form, or http and https are mixed; or the options contradict themselves.</exception>
    /// <exception cref="InvalidOperationException">
    /// The addresses contradict the credentials, or there are several and the options bring an <see cref="GrpcChannelOptions.HttpClient"/>, which reaches one.
    /// </exception>
    public static GrpcChannel ForAddresses(IEnumerable<string> addresses, GrpcChannelOptions? options = null)
    {
        IReadOnlyList<Uri> routers = RouterAddresses.ReadAll(addresses, nameof(addresses));
        GrpcChannelOptions settings = ChannelDefaults.Complete(options);
        if (routers.Count == 1)
        {
            return GrpcChannel.ForAddress(routers[0], settings);
        }

        if (settings.HttpClient is not null)
        {
            throw new InvalidOperationException("An HttpClient reaches one router; several are reached with an HttpHandler.");
        }

        return settings.ServiceConfig?.LoadBalancingConfigs.Count > 0 ? Balanced(routers, settings) : WithFailover(routers, settings);
    }

    private static GrpcChannel WithFailover(IReadOnlyList<Uri> routers, GrpcChannelOptions settings)
    {
        HttpMessageInvoker http = new(settings.HttpHandler!, settings.DisposeHttpClient);
        settings.HttpHandler = new FailoverHandler(routers, http, new ReadyWaits(settings.InitialReconnectBackoff, settings.MaxReconnectBackoff));
        settings.DisposeHttpClient = true;
        return GrpcChannel.ForAddress(routers[0], settings);
    }

    private static GrpcChannel Balanced(IReadOnlyList<Uri> routers, GrpcChannelOptions settings)
    {
        // Compares the credentials with the addresses, which the channel does where it sees their scheme.
        using (GrpcChannel.ForAddress(routers[0], new GrpcChannelOptions { Credentials = settings.Credentials }))
        {
        }

        settings.Credentials ??= routers[0].Scheme == Uri.UriSchemeHttps ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
        BalancerAddress[] list = [.. routers.Select(static router => new BalancerAddress(router.Host, router.Port))];
        StaticResolverFactory resolver = new(_ => list);
        settings.ServiceProvider = new ResolverServices(resolver, settings.ServiceProvider);

        // Its authority is what the channel shows as its target.
        return GrpcChannel.ForAddress(new Uri($"{resolver.Name}://{routers[0].Authority}"), settings);
    }
}
