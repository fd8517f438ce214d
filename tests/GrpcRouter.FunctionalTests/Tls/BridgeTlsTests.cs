namespace GrpcRouter.FunctionalTests;

public sealed class BridgeTlsTests : TlsTest
{
    [Fact]
    public async Task A_router_of_another_authority_is_not_registered_with()
    {
        WriteAll();
        using TestAuthority other = new("other authority");
        Instance.Trust(other);
        Rig rig = await StartAsync(Mutual(instances: 0));
        rig.Logs.Expect("Refused");

        await RefusedAsync(rig, "no trusted connection", "PartialChain");
    }

    [Fact]
    public async Task A_router_whose_certificate_is_for_another_host_is_not_registered_with()
    {
        WriteAll();
        Server.Write(Authority.Issue("router", host: "router.example"));
        Rig rig = await StartAsync(Mutual(instances: 0));
        rig.Logs.Expect("Refused");

        await RefusedAsync(rig, "RemoteCertificateNameMismatch");
    }

    [Fact]
    public async Task A_router_is_registered_with_under_the_name_that_is_asked_for()
    {
        WriteAll();
        Server.Write(Authority.Issue("router", host: "router.example"));

        Rig rig = await StartAsync(Mutual(bridge: static tls => tls.ServerName = "router.example"));

        Assert.Single(rig.Router.Instances);
    }

    [Fact]
    public async Task A_router_whose_certificate_has_expired_is_not_registered_with()
    {
        WriteAll();
        Server.Write(Authority.Issue("router", from: DateTimeOffset.UtcNow.AddDays(-9), until: DateTimeOffset.UtcNow.AddDays(-2)));
        Rig rig = await StartAsync(Mutual(instances: 0));
        rig.Logs.Expect("Refused", "CertificateExpired");

        await RefusedAsync(rig, "NotTimeValid");
    }

    [Fact]
    public async Task Any_router_is_taken_only_where_that_is_asked_for_and_each_dial_warns_of_it()
    {
        WriteAll();
        using TestAuthority other = new("other authority");
        Instance.Trust(other);

        Rig rig = await StartAsync(Mutual(bridge: static tls => tls.DangerousAcceptAnyServerCertificate = true));

        rig.Logs.Expect("AnyRouterTaken");
        Assert.Single(rig.Router.Instances);
    }

    [Fact]
    public async Task An_instance_whose_certificate_the_router_refuses_waits_as_after_a_refusal()
    {
        WriteAll();
        using TestAuthority other = new("other authority");
        Instance.Write(other.Issue("stranger"));
        Rig rig = await StartAsync(Mutual(instances: 0));
        rig.Logs.Expect("Refused", "HandshakeFailed");

        await RefusedAsync(rig, "certificate");
        Assert.Contains("CN=stranger", Assert.Single(rig.Logs.Texts("HandshakeFailed")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_without_the_certificate_it_is_to_have_dials_when_the_certificate_is_there()
    {
        WriteAll();
        File.Delete(Instance.File("tls.key"));
        Rig rig = await StartAsync(Mutual(instances: 0));
        rig.Logs.Expect("CertificatesRefused", "Refused");
        Task adding = rig.AddInstanceAsync(configure: static options => options.RefusedInitialBackoff = TimeSpan.FromMilliseconds(20));
        await Until.TrueAsync(() => rig.Logs.Texts("Refused").Length > 0, "Nothing was refused.");
        Assert.Contains("tls.key", rig.Logs.Texts("CertificatesRefused")[0], StringComparison.Ordinal);

        Instance.Write(Authority.Issue("instance"));

        await adding;
        Assert.Single(rig.Router.Instances);
    }

    private static async Task RefusedAsync(Rig rig, params string[] parts)
    {
        Task adding = rig.AddInstanceAsync();
        await Until.TrueAsync(() => rig.Logs.Texts("Refused").Length > 0, () => $"Not refused; {adding.Status}.");
        Assert.All(parts, part => Assert.Contains(part, rig.Logs.Texts("Refused")[0], StringComparison.Ordinal));
        await rig.Bridges[0].StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => adding);
        Assert.Empty(rig.Router.Instances);
    }
}
