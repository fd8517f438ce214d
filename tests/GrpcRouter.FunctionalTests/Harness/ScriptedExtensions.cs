using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

/// <summary>What scripted instances do again and again.</summary>
internal static class ScriptedExtensions
{
    /// <summary>The next frame that starts a call.</summary>
    public static Task<ProbeRouterFrame> NextCallAsync(this Scripted instance) => instance.ReceiveUntilAsync(static frame => frame.Start is not null);

    /// <summary>Ends a call.</summary>
    public static Task EndAsync(this Scripted instance, ulong callId, uint code = 0, string message = "") =>
        instance.SendAsync(new ProbeInstanceFrame { CallId = callId, End = new CallEnd { Code = code, Message = message } });

    /// <summary>Serves a unary call that was just made, and checks that its client has the answer.</summary>
    public static async Task AnswerAsync(this Scripted instance, AsyncUnaryCall<Chunk> call, string text = "answer")
    {
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk { Text = text }, End = new CallEnd() });
        Assert.Equal(text, (await call.ResponseAsync.Soon("The answer of the instance did not arrive.")).Text);
    }
}
