namespace GrpcRouter;

/// <summary>
/// Registration tokens: JSON Web Tokens (RFC 7519) in the header <c>authorization: Bearer</c> of the registration, with <c>kid</c>, <c>sub</c>, <c>aud</c>, <c>exp</c> and <c>jti</c>. Who holds one is
/// its subject.
/// </summary>
public sealed class RegistrationTokenOptions
{
    /// <summary>The <c>typ</c> of tokens of version 1, whose algorithms are <see cref="RegistrationAlgorithms"/>.</summary>
    public const string Version1 = "grpcrouter-registration-v1+jwt";

    /// <summary>The keys that tokens may be signed with. Several at once let keys be changed without a gap. Default none: tokens are not looked at.</summary>
    public IList<RegistrationKeyOptions> Keys { get; } = [];

    /// <summary>The audience that tokens must be for (<c>aud</c>). Default null: <see cref="RouterOptions.RouterId"/>.</summary>
    public string? Audience { get; set; }

    /// <summary>The type that tokens must have (<c>typ</c>; RFC 8725, section 3.11). Null: any, for tokens that another issuer makes. Default <see cref="Version1"/>.</summary>
    public string? Type { get; set; } = Version1;

    /// <summary>What clocks may differ by. Zero to 5 min; default 30 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a token may still be good for when it comes. Positive, up to 30 days; default 1 h.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// A token registers one channel and no second one (<c>jti</c>). False for tokens that a platform puts into a file and renews when it likes; whoever reads one on its way may then use it
    /// until it expires. Default true.
    /// </summary>
    public bool OneUse { get; set; } = true;

    /// <summary>
    /// Tokens that are remembered until they expire, so that none is used twice; about 100 bytes each. While it is full no token is taken, and registrations end RESOURCE_EXHAUSTED. 1 to 10,000,000; default
    /// 100,000.
    /// </summary>
    public int ReplayCacheSize { get; set; } = 100_000;
}
