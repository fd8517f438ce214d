using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace GrpcRouter.Chaos;

/// <summary>
/// A host's side of its conversation with the runner: questions on standard input, as <c>NUMBER WORDS</c>, and lines of JSON on standard
/// output. The end of the input is the end of the runner, and the host's at once.
/// </summary>
internal static class HostConsole
{
    private static readonly Lock Gate = new();
    private static readonly Stream Output = Console.OpenStandardOutput();

    public static void Write(HostLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line), (byte)'\n'];
        lock (Gate)
        {
            try
            {
                Output.Write(bytes);
            }
            catch (IOException)
            {
                // The runner is gone, and the input says so too.
            }
        }
    }

    /// <summary>Answers questions on a thread of its own, so that a busy pool does not hold up the answer.</summary>
    public static void Listen(Func<string[], object> answer) => new Thread(() => Run(answer)) { IsBackground = true, Name = "questions" }.Start();

    private static void Run(Func<string[], object> answer)
    {
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            Write(new HostLine(Question: int.Parse(words[0], CultureInfo.InvariantCulture), Answer: JsonSerializer.SerializeToElement(answer(words[1..]))));
        }

        Process.GetCurrentProcess().Kill();
    }
}
