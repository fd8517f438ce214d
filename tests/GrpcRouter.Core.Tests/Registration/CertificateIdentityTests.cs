using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class CertificateIdentityTests : IDisposable
{
    private readonly TestCertificates authority = new();

    [Fact]
    public void A_SPIFFE_id_is_the_name_and_the_end_of_the_certificate_that_of_the_identity()
    {
        DateTimeOffset end = new(2040, 5, 6, 7, 8, 9, TimeSpan.Zero);
        X509Certificate2 certificate = authority.Issue("CN=other, O=Example", static names =>
        {
            names.AddDnsName("Greeter.Example.org");
            names.AddUri(new Uri("spiffe://example.org/ns/prod/greeter"));
        }, ends: end);
        PeerIdentity identity = Assert.IsType<PeerIdentity>(CertificateIdentity.Read(certificate, out string? problem));
        Assert.Null(problem);
        Assert.Equal((PeerIdentitySchemes.Certificate, "spiffe://example.org/ns/prod/greeter", end), (identity.Scheme, identity.Name, identity.Expires));
        Assert.Equal(["spiffe://example.org/ns/prod/greeter", "dns:greeter.example.org", "cn:other", "dn:CN=other, O=Example"], identity.Names);
    }

    [Fact]
    public void Without_a_URI_a_host_is_the_name_and_without_a_host_the_common_name()
    {
        Assert.Equal("dns:a.example.org", Name(authority.Issue("CN=x", static names => names.AddDnsName("a.example.org"))));
        Assert.Equal("cn:x", Name(authority.Issue("CN=x")));
        Assert.Equal("dn:O=Example", Name(authority.Issue("O=Example")));
    }

    [Fact]
    public void A_common_name_that_looks_like_a_SPIFFE_id_is_none() =>
        Assert.DoesNotContain("spiffe://example.org/admin", CertificateIdentity.Read(authority.Issue("CN=spiffe://example.org/admin"), out _)!.Names);

    [Fact]
    public void Two_common_names_are_none() => Assert.DoesNotContain(CertificateIdentity.Read(authority.Issue("CN=a, CN=b"), out _)!.Names, static name => name.StartsWith("cn:", StringComparison.Ordinal));

    [Fact]
    public void A_SPIFFE_id_beside_another_URI_is_refused()
    {
        Assert.Null(CertificateIdentity.Read(Uris("spiffe://example.org/a", "spiffe://example.org/b"), out string? problem));
        Assert.Contains("has one", problem, StringComparison.Ordinal);
        Assert.Null(CertificateIdentity.Read(Uris("https://example.org/", "spiffe://example.org/b"), out _));
    }

    [Theory]
    [InlineData("spiffe://example.org")]
    [InlineData("spiffe://example.org/a//b")]
    [InlineData("spiffe://example.org/a/")]
    [InlineData("spiffe://example.org/a%20b")]
    [InlineData("spiffe://user@example.org/a")]
    [InlineData("spiffe://example.org:80/a")]
    [InlineData("spiffe://example.org/a?b")]
    [InlineData("spiffe:example.org/a")]
    public void A_SPIFFE_id_that_breaks_the_rules_is_refused(string id) => Assert.False(SpiffeId.IsMeant(id) && SpiffeId.IsWorkload(id));

    [Theory]
    [InlineData("spiffe://example.org/a", true)]
    [InlineData("spiffe://example.org/ns/prod/sa/greeter-1_x.y", true)]
    [InlineData("SPIFFE://example.org/a", false)]
    [InlineData("spiffe://Example.org/a", false)]
    [InlineData("spiffe:///a", false)]
    [InlineData("spiffe://example.org/a/../b", false)]
    public void A_SPIFFE_id_is_well_formed_or_nothing(string id, bool good) => Assert.Equal(good, SpiffeId.IsWorkload(id));

    [Fact]
    public void A_SPIFFE_id_of_an_authority_is_refused()
    {
        X509Certificate2 certificate = authority.Issue(
            "",
            static names => names.AddUri(new Uri("spiffe://example.org/a")),
            extend: static request => request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true)));
        Assert.Null(CertificateIdentity.Read(certificate, out string? problem));
        Assert.Contains("authority", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_cannot_be_read_are_nobody()
    {
        X509Certificate2 certificate = authority.Issue("CN=x", extend: static request => request.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 0x82, 0x01], critical: false)));
        Assert.Null(CertificateIdentity.Read(certificate, out string? problem));
        Assert.NotNull(problem);
    }

    public void Dispose() => authority.Dispose();

    private X509Certificate2 Uris(params string[] uris) => authority.Issue("", names => Array.ForEach(uris, uri => names.AddUri(new Uri(uri))));

    private static string? Name(X509Certificate2 certificate) => CertificateIdentity.Read(certificate, out _)?.Name;
}
