namespace GrpcRouter;

/// <summary>
/// Who may register an instance, and as what. Without keys and rules everyone who reaches the router may. A change counts for open channels too: an instance that is not allowed
/// any more takes no further calls, and its channel is cut after <see cref="RevokedGrace"/>.
/// </summary>
public sealed class RegistrationOptions
{
    /// <summary>
    /// Refuses instances that have not proved who they are, with UNAUTHENTICATED. Default null: where there are <see cref="RegistrationTokenOptions.Keys"/> or <see cref="Rules"/>.
    /// False where there are: instances without a credential are let in beside those that the rules are for.
    /// </summary>
    public bool? RequireIdentity { get; set; }

    /// <summary>Signed tokens by which instances prove who they are.</summary>
    public RegistrationTokenOptions Tokens { get; set; } = new();

    /// <summary>
    /// What each identity may register. They are read in order, and the first that fits the identity and the service decides alone. An identity that none fits is refused with
    /// PERMISSION_DENIED. Default none: whoever has an identity may register all services that the router has.
    /// </summary>
    public IList<RegistrationRuleOptions> Rules { get; } = [];

    /// <summary>
    /// Registrations that may be tried from one address in a minute, whatever becomes of them, 1 to 1,000,000; as many again may come at once. IPv6 addresses count by their first 64 bits. More are
    /// refused with RESOURCE_EXHAUSTED before their credentials are looked at. Default null: not bounded.
    /// </summary>
    public int? AttemptsPerMinute { get; set; }

    /// <summary>
    /// How long before its credential expires an instance is asked to register anew, give or take a tenth, and at most a fifth of the time that the credential was good for. Zero to 30 days; default 1 min.
    /// </summary>
    public TimeSpan RenewBefore { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What the calls of an instance have from the moment its credential expires, when it takes no more, to the end of its channel. A channel that another one with a valid credential has
    /// taken over from is left to finish. Zero to 30 days; default 30 s.
    /// </summary>
    public TimeSpan ExpiredGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What the calls of an instance have when a change of the options took its right to be here away. Zero to 30 days; default 5 s.</summary>
    public TimeSpan RevokedGrace { get; set; } = TimeSpan.FromSeconds(5);
}
