using System.Text.RegularExpressions;

namespace GrpcRouter.Core.Tests;

/// <summary>A process that writes an audit log and is killed.</summary>
public sealed partial class AuditKillTests : IDisposable
{
    private readonly AuditFolder folder = new();

    [Fact]
    public async Task What_was_safe_is_there_after_a_kill_and_the_chain_goes_on()
    {
        long before = 0;
        for (int round = 0; round < 5; round++)
        {
            (long safe, string hash) = await RunAndKillAsync(rounds: (round * 7) + 3);

            AuditVerification found = folder.Verify(new AuditHead(safe, hash));
            Assert.Null(found.Break);
            Assert.True(safe > before, $"{safe} entries were safe, and {before} before.");
            Assert.True(found.Head.Sequence >= safe, $"Entry {safe} was safe, and the log ends with {found.Head.Sequence}.");
            before = found.Head.Sequence;
        }

        AuditHead last = await folder.WriteAsync(1);
        Assert.Equal((true, last), (folder.Verify().IsWhole, folder.Verify().Head));
        Assert.True(folder.Files.Length > 1, "The log was set aside meanwhile.");
    }

    public void Dispose() => folder.Dispose();

    private async Task<(long Sequence, string Hash)> RunAndKillAsync(int rounds)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory.Replace("GrpcRouter.Core.Tests", "GrpcRouter.AuditWriter", StringComparison.Ordinal), "GrpcRouter.AuditWriter.dll");
        using ChildProcess process = ChildProcess.Start(assembly, folder.Path, "65536");
        for (int i = 0; i < rounds; i++)
        {
            await process.WaitFor("^safe (.*)$");
        }

        process.Kill();
        await process.WaitForExit();
        Match last = Safe().Matches(process.Transcript)[^1];
        return (long.Parse(last.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), last.Groups[2].Value);
    }

    [GeneratedRegex(@"^safe (\d+) (\w{64})$", RegexOptions.Multiline, 1000)]
    private static partial Regex Safe();
}
