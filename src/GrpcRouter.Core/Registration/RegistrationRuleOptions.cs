namespace GrpcRouter;

/// <summary>What an identity may register. In names, <c>*</c> stands for any characters but a slash, and <c>**</c> for any at all.</summary>
public sealed class RegistrationRuleOptions
{
    /// <summary>
    /// Whom the rule is for: the subject of a token; or a name of a certificate, which is a URI as it stands, such as <c>spiffe://example.org/greeter/*</c>, or <c>dns:greeter.example.org</c>,
    /// <c>cn:greeter</c> for the subject's common name, <c>dn:CN=greeter, O=Example</c> for the whole subject. Case counts. Default <c>**</c>: everyone who has an identity.
    /// </summary>
    public string Identity { get; set; } = "**";

    /// <summary>How the identity must have been proved: one of <see cref="PeerIdentitySchemes"/>, or a scheme of the application's own. Default null: in any way.</summary>
    public string? Scheme { get; set; }

    /// <summary>Full names of the services that it may register, such as <c>greet.Greeter</c> or <c>greet.*</c>. Default none: all.</summary>
    public IList<string> Services { get; } = [];

    /// <summary>Ids that its instances may have. Default none: any that no other identity holds at the time.</summary>
    public IList<string> InstanceIds { get; } = [];

    /// <summary>What labels of its instances may say, by key.</summary>
    public IDictionary<string, RegistrationLabelOptions> Labels { get; } = new Dictionary<string, RegistrationLabelOptions>(StringComparer.Ordinal);

    /// <summary>Labels may be there that <see cref="Labels"/> does not name. Default true.</summary>
    public bool OtherLabels { get; set; } = true;

    /// <summary>The tenants whose calls its instances may serve. Default none: calls of all tenants, and those without one.</summary>
    public IList<string> Tenants { get; } = [];

    /// <summary>Instances that the identity may have at once in one service, 1 to 1,000,000. More end RESOURCE_EXHAUSTED. Default null: not bounded.</summary>
    public int? MaxInstances { get; set; }

    /// <summary>Channels that take calls and that it may have at once in one service, 1 to 1,000,000. More end RESOURCE_EXHAUSTED. Default null: not bounded.</summary>
    public int? MaxChannels { get; set; }

    /// <summary>
    /// Registrations of the identity in a minute over all services, 1 to 1,000,000; as many again may come at once. More end RESOURCE_EXHAUSTED. Default null: not bounded.
    /// </summary>
    public int? RegistrationsPerMinute { get; set; }
}
