using System.Text.Json;

namespace GrpcRouter.Chaos;

/// <summary>A line that a host writes for the runner.</summary>
/// <param name="Question">Answered: its number.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Port">Where the host listens, once it does.</param>
/// <param name="Log">What it logs.</param>
internal sealed record HostLine(int? Question = null, JsonElement? Answer = null, int? Port = null, LogLine? Log = null);
