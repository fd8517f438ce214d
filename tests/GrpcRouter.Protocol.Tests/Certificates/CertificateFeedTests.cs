using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter.Protocol.Tests;

public sealed class CertificateFeedTests : IDisposable
{
    private const string Password = "correct horse battery staple";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider time = new();
    private readonly LogLines log = new();
    private readonly TestAuthority authority = new("authority");
    private readonly CertificateFolder folder = new();
    private readonly object scope = new();

    public void Dispose()
    {
        folder.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task A_change_is_found_by_looking_again_and_again()
    {
        folder.Write(Issue("first"));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        KeyedCertificate first = await feed.GetAsync(default);

        X509Certificate2 second = Issue("second");
        folder.Write(second);
        while (ReferenceEquals(feed.Current, first))
        {
            time.Advance(Interval);
            await Task.Yield();
        }

        Assert.Equal(second.Thumbprint, feed.Current!.Context.TargetCertificate.Thumbprint);
        Assert.True(feed.ChangedFrom(first).IsCompleted);
    }

    [Fact]
    public async Task A_link_that_is_swapped_brings_certificate_key_and_authorities_together()
    {
        folder.Swap(Issue("first"), authority);
        using CertificateFeed<KeyedCertificate> feed = Feed();
        await feed.GetAsync(default);
        X509Certificate2 second = Issue("second");

        folder.Swap(second, authority);
        await feed.CheckAsync(default);

        Assert.Equal(second.Thumbprint, feed.Current!.Context.TargetCertificate.Thumbprint);
        Assert.Empty(log.Of("CertificatesRefused"));
    }

    [Fact]
    public async Task Files_that_have_not_changed_leave_everything_as_it_is()
    {
        folder.Write(Issue("first"));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        KeyedCertificate first = await feed.GetAsync(default);

        await feed.CheckAsync(default);

        Assert.Same(first, feed.Current);
        Assert.Single(log.Of("CertificatesTaken"));
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "tls.crt", "" },
        { "tls.crt", "-----BEGIN CERTIFICATE-----\nMIIB" },
        { "tls.key", "" },
        { "tls.key", "-----BEGIN PRIVATE KEY-----\nMIIB" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_file_that_cannot_be_used_keeps_the_certificate_before_and_is_logged_once_and_counted(string file, string text)
    {
        folder.Write(Issue("first"));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        using Figures figures = new(scope);
        KeyedCertificate first = await feed.GetAsync(default);

        folder.Put(file, text);
        await feed.CheckAsync(default);
        await feed.CheckAsync(default);

        Assert.Same(first, feed.Current);
        Assert.Contains(folder.File(file), Assert.Single(log.Of("CertificatesRefused")), StringComparison.Ordinal);
        Assert.Equal(2, figures.Refused);
        Assert.NotNull(feed.Refusal);
    }

    [Fact]
    public async Task A_key_of_another_certificate_keeps_the_one_before_until_both_fit()
    {
        folder.Write(Issue("first"));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        KeyedCertificate first = await feed.GetAsync(default);
        X509Certificate2 second = Issue("second");

        folder.Put("tls.crt", second.ExportCertificatePem());
        await feed.CheckAsync(default);
        Assert.Same(first, feed.Current);
        folder.Put("tls.key", TestAuthority.KeyPem(second));
        await feed.CheckAsync(default);

        Assert.Equal(second.Thumbprint, feed.Current!.Context.TargetCertificate.Thumbprint);
        Assert.Null(feed.Refusal);
    }

    [Fact]
    public async Task A_certificate_that_has_expired_does_not_replace_one_that_has_not()
    {
        folder.Write(Issue("first"));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        KeyedCertificate first = await feed.GetAsync(default);

        folder.Write(authority.Issue("late", from: Now.AddDays(-20), until: Now.AddDays(-1)));
        await feed.CheckAsync(default);

        Assert.Same(first, feed.Current);
        Assert.Contains("has expired", Assert.Single(log.Of("CertificatesRefused")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_anything_that_could_be_used_the_error_says_where_and_why()
    {
        using CertificateFeed<KeyedCertificate> feed = Feed();

        CertificateException error = await Assert.ThrowsAsync<CertificateException>(async () => await feed.GetAsync(default));

        Assert.Contains(folder.File("tls.crt"), error.Message, StringComparison.Ordinal);
        Assert.Contains("Could not find", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Intermediate_certificates_in_the_file_go_out_with_the_certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=intermediate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 intermediate = request.Create(authority.Root, Now.AddDays(-10), Now.AddDays(300), [1, 2, 3]);
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 signer = intermediate.CopyWithPrivateKey(key);
        using X509Certificate2 leaf = new CertificateRequest("CN=leaf", own, HashAlgorithmName.SHA256).Create(signer, Now.AddDays(-1), Now.AddDays(100), [4, 5, 6]);
        folder.Put("tls.crt", $"{leaf.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}");
        folder.Put("tls.key", own.ExportPkcs8PrivateKeyPem());
        using CertificateFeed<KeyedCertificate> feed = Feed();

        KeyedCertificate read = await feed.GetAsync(default);

        Assert.Equal("CN=leaf", read.Context.TargetCertificate.Subject);
        Assert.Equal("CN=intermediate", Assert.Single(read.Context.IntermediateCertificates).Subject);
    }

    [Fact]
    public async Task Encrypted_keys_and_PKCS12_are_read_with_their_password_and_no_log_has_it()
    {
        X509Certificate2 certificate = Issue("first");
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        folder.Put("chain.pem", certificate.ExportCertificatePem());
        folder.Put("key.pem", key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        await File.WriteAllBytesAsync(folder.File("both.pfx"), certificate.Export(X509ContentType.Pkcs12, Password));
        CertificateOptions pem = new() { Path = folder.File("chain.pem"), KeyPath = folder.File("key.pem"), Password = Password };
        CertificateOptions pfx = new() { Path = folder.File("both.pfx"), Password = Password };
        foreach (CertificateOptions options in new[] { pem, pfx })
        {
            using CertificateFeed<KeyedCertificate> good = Feed(options);
            Assert.Equal(certificate.Thumbprint, (await good.GetAsync(default)).Context.TargetCertificate.Thumbprint);
            options.Password = "wrong horse";
            using CertificateFeed<KeyedCertificate> bad = Feed(options);
            await Assert.ThrowsAsync<CertificateException>(async () => await bad.GetAsync(default));
        }

        Assert.Equal(2, log.Of("CertificatesRefused").Count);
        Assert.DoesNotContain(log.All, static line => line.Contains("horse", StringComparison.Ordinal));
        Assert.DoesNotContain(log.All, line => line.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_callback_is_asked_each_time_and_its_errors_keep_what_there_is()
    {
        X509Certificate2 given = Issue("first");
        bool fails = false;
        using CertificateFeed<KeyedCertificate> feed = Feed(new CertificateOptions
        {
            Provider = _ => fails ? throw new IOException("the vault is sealed") : ValueTask.FromResult<X509Certificate2Collection>([given]),
        });
        KeyedCertificate first = await feed.GetAsync(default);

        given = Issue("second");
        await feed.CheckAsync(default);
        Assert.Equal(given.Thumbprint, feed.Current!.Context.TargetCertificate.Thumbprint);
        Assert.NotSame(first, feed.Current);
        fails = true;
        await feed.CheckAsync(default);

        Assert.Equal(given.Thumbprint, feed.Current!.Context.TargetCertificate.Thumbprint);
        Assert.Contains("the vault is sealed", Assert.Single(log.Of("CertificatesRefused")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_without_its_key_is_not_taken_from_a_callback()
    {
        X509Certificate2 bare = X509CertificateLoader.LoadCertificate(Issue("bare").RawData);
        using CertificateFeed<KeyedCertificate> feed = Feed(new CertificateOptions { Provider = _ => ValueTask.FromResult<X509Certificate2Collection>([bare]) });

        CertificateException error = await Assert.ThrowsAsync<CertificateException>(async () => await feed.GetAsync(default));

        Assert.Contains("no certificate has a private key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorities_stand_side_by_side_and_a_bundle_without_a_root_is_refused()
    {
        using TestAuthority next = new("next authority");
        folder.Trust(authority, next);
        using CertificateFeed<TrustBundle> feed = new(
            CertificateUse.ServerAuthorities, CertificateSources.Of(new TrustOptions { Directory = folder.Path })!, Interval, time, log, scope);
        Assert.Equal(2, (await feed.GetAsync(default)).Watched.Count);

        folder.Put("ca.crt", Issue("leaf").ExportCertificatePem());
        await feed.CheckAsync(default);

        Assert.Equal(2, feed.Current!.Watched.Count);
        Assert.Contains("no root", Assert.Single(log.Of("CertificatesRefused")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_is_cut_off_in_its_middle_is_refused()
    {
        using TestAuthority next = new("next authority");
        folder.Trust(authority, next);
        using CertificateFeed<TrustBundle> feed = new(
            CertificateUse.ServerAuthorities, CertificateSources.Of(new TrustOptions { Directory = folder.Path })!, Interval, time, log, scope);
        await feed.GetAsync(default);

        folder.Put("ca.crt", $"{authority.Pem}\n{next.Pem[..^40]}");
        await feed.CheckAsync(default);

        Assert.Equal(2, feed.Current!.Watched.Count);
        Assert.Contains("2 certificates begin in it, and 1 are whole", Assert.Single(log.Of("CertificatesRefused")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expiry_is_logged_at_30_7_and_1_days_and_when_it_is_there_once_each()
    {
        folder.Write(authority.Issue("first", from: Now.AddDays(-300), until: Now.AddDays(40)));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        List<(int Day, int Lines, int Errors)> said = [];

        for (int day = 0; day <= 42; day++, time.Advance(TimeSpan.FromDays(1)))
        {
            await feed.CheckAsync(default);
            await feed.CheckAsync(default);
            said.Add((day, log.Of("CertificateExpires").Count, log.Of("CertificateExpired").Count));
        }

        Assert.Equal([(9, 0, 0), (10, 1, 0)], said[9..11]);
        Assert.Equal([(32, 1, 0), (33, 2, 0)], said[32..34]);
        Assert.Equal([(38, 2, 0), (39, 3, 0), (40, 3, 1)], said[38..41]);
        Assert.Equal((42, 3, 1), said[42]);
    }

    [Fact]
    public async Task A_certificate_for_a_day_is_spoken_of_in_its_last_third_and_one_that_follows_again()
    {
        folder.Write(authority.Issue("first", from: Now, until: Now.AddHours(24)));
        using CertificateFeed<KeyedCertificate> feed = Feed();

        await feed.CheckAsync(default);
        time.Advance(TimeSpan.FromHours(15.9));
        await feed.CheckAsync(default);
        Assert.Empty(log.Of("CertificateExpires"));
        time.Advance(TimeSpan.FromHours(0.2));
        await feed.CheckAsync(default);
        Assert.Single(log.Of("CertificateExpires"));

        folder.Write(authority.Issue("second", from: Now, until: Now.AddHours(24)));
        await feed.CheckAsync(default);
        time.Advance(TimeSpan.FromHours(16.1));
        await feed.CheckAsync(default);
        Assert.Equal(2, log.Of("CertificateExpires").Count);
    }

    [Fact]
    public async Task The_time_that_is_left_is_a_figure()
    {
        folder.Write(authority.Issue("first", from: Now.AddDays(-1), until: Now.AddDays(10)));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        using Figures figures = new(scope);
        await feed.GetAsync(default);

        time.Advance(TimeSpan.FromDays(3));

        Assert.Equal(TimeSpan.FromDays(7).TotalSeconds, figures.SecondsLeft, tolerance: 1.0);
    }

    [Theory]
    [InlineData(60, false, CertificateCondition.Good)]
    [InlineData(6, false, CertificateCondition.Degraded)]
    [InlineData(0.5, false, CertificateCondition.Bad)]
    [InlineData(60, true, CertificateCondition.Degraded)]
    public async Task Health_follows_the_time_that_is_left_and_what_could_not_be_used(double days, bool broken, object expected)
    {
        folder.Write(authority.Issue("first", from: Now.AddDays(-300), until: Now.AddDays(days)));
        using CertificateFeed<KeyedCertificate> feed = Feed();
        await feed.GetAsync(default);
        if (broken)
        {
            folder.Put("tls.key", "");
            await feed.CheckAsync(default);
        }

        (CertificateCondition condition, string text) = CertificateHealth.Judge([feed], Now, TimeSpan.FromDays(7), TimeSpan.FromDays(1));

        Assert.Equal((CertificateCondition)expected, condition);
        Assert.Equal(condition != CertificateCondition.Good, text.Contains(folder.Path, StringComparison.Ordinal));
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private X509Certificate2 Issue(string subject) => authority.Issue(subject, from: Now.AddDays(-10), until: Now.AddDays(300));

    private CertificateFeed<KeyedCertificate> Feed(CertificateOptions? options = null) =>
        new(CertificateUse.Server, CertificateSources.Of(options ?? new CertificateOptions { Directory = folder.Path })!, Interval, time, log, scope);

    /// <summary>Reads the figures of one owner.</summary>
    private sealed class Figures : IDisposable
    {
        private readonly MeterListener listener = new();
        private long refused;
        private double secondsLeft;

        public Figures(object scope)
        {
            listener.InstrumentPublished = (instrument, enabled) =>
            {
                if (instrument.Meter.Name == "GrpcRouter" && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    enabled.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                foreach (KeyValuePair<string, object?> tag in tags)
                {
                    refused += tag is { Key: "grpcrouter.certificate.outcome", Value: "refused" } ? value : 0;
                }
            });
            listener.SetMeasurementEventCallback<double>((_, value, _, _) => secondsLeft = value);
            listener.Start();
        }

        public long Refused => refused;

        public double SecondsLeft
        {
            get
            {
                listener.RecordObservableInstruments();
                return secondsLeft;
            }
        }

        public void Dispose() => listener.Dispose();
    }
}
