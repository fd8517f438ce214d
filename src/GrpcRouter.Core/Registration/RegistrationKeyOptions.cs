namespace GrpcRouter;

/// <summary>A key that registration tokens may be signed with.</summary>
public sealed class RegistrationKeyOptions
{
    /// <summary>Names the key, as tokens do (<c>kid</c>). 1 to 128 printable ASCII characters; distinct between keys.</summary>
    public string Id { get; set; } = "";

    /// <summary>What it signs with, one of <see cref="RegistrationAlgorithms"/>. A token that says otherwise is refused. Default <c>HS256</c>.</summary>
    public string Algorithm { get; set; } = RegistrationAlgorithms.HS256;

    /// <summary>The shared secret of an <c>HS256</c> key, in base64; 32 bytes or more. Better in a file or from a provider of secrets than in a file of options.</summary>
    [Sensitive]
    public string? Secret { get; set; }

    /// <summary>A file that holds what <see cref="Secret"/> would. Read when the options are.</summary>
    public string? SecretFile { get; set; }

    /// <summary>The public key of an <c>ES256</c> key, in PEM.</summary>
    public string? PublicKey { get; set; }

    /// <summary>A file that holds what <see cref="PublicKey"/> would. Read when the options are.</summary>
    public string? PublicKeyFile { get; set; }

    /// <summary>
    /// The subjects that the key may speak for, as <see cref="RegistrationRuleOptions.Identity"/> names identities. Whoever holds a shared secret can sign for each of them. Default none: for all.
    /// </summary>
    public IList<string> Subjects { get; } = [];
}
