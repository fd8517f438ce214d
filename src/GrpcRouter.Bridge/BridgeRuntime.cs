using System.Collections.Frozen;
using GrpcRouter.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcRouter;

/// <summary>What all channels of a bridge share.</summary>
internal sealed class BridgeRuntime
{
    public BridgeRuntime(BoundService service, BridgeOptions options, IServiceProvider? services, BridgeCertificates? certificates)
    {
        Service = service.Service;
        Options = options;
        Services = services ?? EmptyServices.Instance;
        Log = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("GrpcRouter.Bridge");
        Encodings = new MessageEncodings(options.CompressionProviders, options.ResponseCompressionAlgorithm, options.ResponseCompressionLevel);
        Methods = service.BuildHandlers([.. options.Interceptors]);
        Allowed = AllowedCalls.Of(service.Service, options);
        Deadlines = new DeadlineWheel(Time);
        OwnsCertificates = certificates is null;
        Certificates = certificates ?? new BridgeCertificates(options, Log);
        Load = new LoadReporter(service.Service.FullName, options, Log);
        Epoch = (ulong)Time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public RoutedService Service { get; }

    public BridgeOptions Options { get; }

    public IServiceProvider Services { get; }

    public ILogger Log { get; }

    public MessageEncodings Encodings { get; }

    public FrozenDictionary<uint, MethodHandler> Methods { get; }

    /// <summary>The calls that the instance takes; null: all.</summary>
    public AllowedCalls? Allowed { get; }

    /// <summary>The deadlines of all calls.</summary>
    public DeadlineWheel Deadlines { get; }

    /// <summary>What the instance and its routers prove themselves with.</summary>
    public BridgeCertificates Certificates { get; }

    /// <summary>No other bridge uses the certificates.</summary>
    public bool OwnsCertificates { get; }

    /// <summary>What routers are told of how the instance does.</summary>
    public LoadReporter Load { get; }

    /// <summary>Grows with every start of the instance, so that a router can tell a restarted one from its zombie.</summary>
    public ulong Epoch { get; }

    public TimeProvider Time => Options.TimeProvider;

    // A buffer is an array, whose length an int must hold.
    public int MaxReceiveMessageSize => Options.MaxReceiveMessageSize ?? Array.MaxLength - FrameField.PrefixLength;

    public int MaxSendMessageSize => Options.MaxSendMessageSize ?? Array.MaxLength - FrameField.PrefixLength;

    public bool DetailedErrors => Options.EnableDetailedErrors;

    /// <summary>A number from 0 to 1. A seeded generator is not safe for concurrent use, and every dialer uses it.</summary>
    public double NextRandom()
    {
        lock (Options.Random)
        {
            return Options.Random.NextDouble();
        }
    }
}
