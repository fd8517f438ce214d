namespace GrpcRouter;

/// <summary>Keys of what a reason is about, in the metadata of its ErrorInfo.</summary>
internal static class ReasonKeys
{
    /// <summary>Full name of the service called.</summary>
    public const string Service = "service";

    /// <summary>Id of the instance that had the call.</summary>
    public const string Instance = "instance";

    /// <summary>The limit that was reached, as a decimal number.</summary>
    public const string Limit = "limit";

    /// <summary>What the limit is on: <see cref="ServiceScope"/> or <see cref="InstanceScope"/>.</summary>
    public const string Scope = "scope";

    /// <summary>A limit on all calls of the service.</summary>
    public const string ServiceScope = "service";

    /// <summary>A limit on the calls of each instance.</summary>
    public const string InstanceScope = "instance";

    /// <summary>A limit on the calls of a connection.</summary>
    public const string ConnectionScope = "connection";

    /// <summary>A limit on the calls of a network address.</summary>
    public const string PeerScope = "peer";

    /// <summary>The name of the rule that was reached.</summary>
    public const string Rule = "rule";

    /// <summary>What the rule counts apart, such as <c>client</c>.</summary>
    public const string Partition = "partition";

    /// <summary>Which way a message goes: <see cref="Request"/> or <see cref="Response"/>.</summary>
    public const string Direction = "direction";

    /// <summary>From the client to the instance.</summary>
    public const string Request = "request";

    /// <summary>From the instance to the client.</summary>
    public const string Response = "response";
}
