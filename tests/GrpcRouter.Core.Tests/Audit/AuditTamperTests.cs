using System.Security.Cryptography;
using System.Text;

namespace GrpcRouter.Core.Tests;

/// <summary>What can be done to a log of ten entries, and what the verifier says of it.</summary>
public sealed class AuditTamperTests : IDisposable
{
    private readonly AuditFolder folder = new();

    public static TheoryData<string, Func<List<string>, IEnumerable<string>>, AuditBreakKind, long> Matrix => new()
    {
        { "a word changed", static lines => Replace(lines, 4, static line => line.Replace("because", "becauss", StringComparison.Ordinal)), AuditBreakKind.Changed, 5 },
        { "the last line changed", static lines => Replace(lines, 9, static line => line.Replace("because", "becauss", StringComparison.Ordinal)), AuditBreakKind.Changed, 10 },
        { "the first line changed", static lines => Replace(lines, 0, static line => line.Replace("opened", "closed", StringComparison.Ordinal)), AuditBreakKind.Changed, 1 },
        { "a time changed", static lines => Replace(lines, 4, static line => line.Replace("\"time\":\"2", "\"time\":\"1", StringComparison.Ordinal)), AuditBreakKind.Changed, 5 },
        { "a word changed and the line's hash made right", static lines => Replace(lines, 4, static line => Seal(line.Replace("because", "becauss", StringComparison.Ordinal))), AuditBreakKind.Replaced, 6 },
        { "a line taken out", static lines => lines.Where(static (_, index) => index != 4), AuditBreakKind.Removed, 5 },
        { "three lines taken out", static lines => lines.Where(static (_, index) => index is < 4 or > 6), AuditBreakKind.Removed, 5 },
        { "two lines swapped", static lines => Swap(lines, 4, 5), AuditBreakKind.Reordered, 5 },
        { "a line moved to the end", static lines => lines.Where(static (_, index) => index != 4).Append(lines[4]), AuditBreakKind.Reordered, 5 },
        { "a line twice", static lines => lines.Take(5).Append(lines[4]).Concat(lines.Skip(5)), AuditBreakKind.Reordered, 6 },
        { "a line put in", static lines => lines.Take(5).Append("{\"seq\":6,\"event\":\"registered\",\"prev\":\"\"}").Concat(lines.Skip(5)), AuditBreakKind.Changed, 6 },
        { "a sealed line put in", static lines => lines.Take(5).Append(Seal(lines[5].Replace("instance-4", "instance-x", StringComparison.Ordinal))).Concat(lines.Skip(5)), AuditBreakKind.Reordered, 7 },
        { "an empty line put in", static lines => lines.Take(5).Append("").Concat(lines.Skip(5)), AuditBreakKind.Changed, 6 },
        { "a line cut short", static lines => Replace(lines, 4, static line => line[..40]), AuditBreakKind.Changed, 5 },
        { "a space put in", static lines => Replace(lines, 4, static line => line.Replace("\",\"", "\", \"", StringComparison.Ordinal)), AuditBreakKind.Changed, 5 },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task The_first_line_that_breaks_the_chain_is_named(string what, Func<List<string>, IEnumerable<string>> tamper, AuditBreakKind kind, long line)
    {
        await folder.WriteAsync(9);
        Assert.True(folder.Verify().IsWhole);

        Write(tamper([.. folder.Lines]));

        AuditBreak found = Assert.IsType<AuditBreak>(folder.Verify().Break);
        Assert.Equal((what, kind, line, folder.Path), (what, found.Kind, found.Line, found.File));
        Assert.NotEmpty(found.Reason);
    }

    [Fact]
    public async Task Lines_missing_at_the_end_show_in_comparison_with_a_head_that_was_kept()
    {
        AuditHead head = await folder.WriteAsync(9);

        Write(folder.Lines.Take(7));

        Assert.True(folder.Verify().IsWhole);
        AuditBreak found = Assert.IsType<AuditBreak>(folder.Verify(head).Break);
        Assert.Equal((AuditBreakKind.Truncated, "The log ends with entry 7, and once had entry 10."), (found.Kind, found.Reason));
    }

    [Fact]
    public async Task A_chain_that_was_written_anew_shows_in_comparison_with_a_head_that_was_kept()
    {
        AuditHead head = await folder.WriteAsync(9);
        await folder.WriteAsync(2);
        List<string> lines = [.. folder.Lines];
        lines[4] = Seal(lines[4].Replace("because", "becauss", StringComparison.Ordinal));
        for (int i = 5; i < lines.Count; i++)
        {
            string previous = Hash(lines[i - 1]);
            int at = lines[i].IndexOf("\"prev\":\"", StringComparison.Ordinal) + 8;
            lines[i] = Seal(string.Concat(lines[i].AsSpan(0, at), previous, lines[i].AsSpan(at + 64)));
        }

        Write(lines);

        Assert.True(folder.Verify().IsWhole);
        Assert.Equal((AuditBreakKind.Replaced, 10L), (folder.Verify(head).Break!.Kind, folder.Verify(head).Break!.Line));
    }

    [Fact]
    public async Task A_file_taken_out_of_the_middle_is_missed()
    {
        await using (AuditLog log = folder.Open(maxFileSize: 64 * 1024))
        {
            for (int i = 0; i < 300; i++)
            {
                log.Write(new AuditEntry(AuditEvents.Registered) { Reason = new string('x', 1000) });
                await log.FlushAsync().Soon();
            }
        }

        File.Delete(Path.Combine(Path.GetDirectoryName(folder.Path)!, folder.Files[1]));

        AuditBreak found = Assert.IsType<AuditBreak>(folder.Verify().Break);
        Assert.Equal((AuditBreakKind.Removed, 1L, folder.Files[1]), (found.Kind, found.Line, Path.GetFileName(found.File)));
    }

    [Fact]
    public void A_log_that_is_not_there_is_not_verified() => Assert.Throws<FileNotFoundException>(() => folder.Verify());

    public void Dispose() => folder.Dispose();

    private void Write(IEnumerable<string> lines) => File.WriteAllText(folder.Path, string.Concat(lines.ToList().Select(static line => line + "\n")));

    private static List<string> Replace(List<string> lines, int index, Func<string, string> change)
    {
        string changed = change(lines[index]);
        Assert.NotEqual(lines[index], changed);
        lines[index] = changed;
        return lines;
    }

    private static List<string> Swap(List<string> lines, int one, int other)
    {
        (lines[one], lines[other]) = (lines[other], lines[one]);
        return lines;
    }

    // What somebody can do who knows how a line is hashed.
    private static string Seal(string line)
    {
        string covered = line[..line.LastIndexOf(",\"hash\":", StringComparison.Ordinal)];
        return $"{covered},\"hash\":\"{Hash(covered)}\"}}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
