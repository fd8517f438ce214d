using System.Text;
using Grpc.Core;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>Takes the registration channels of one service.</summary>
internal sealed class RegisterEndpoint(ServiceRouter router, ConnectionAges ages)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!GrpcRequest.TryAccept(context))
        {
            return;
        }

        if (GrpcRequest.RawPath(context) != router.Service.RegisterPath)
        {
            await UnknownEndpoint.HandleAsync(context).ConfigureAwait(false);
            return;
        }

        ChannelPeer peer = new(PeerName.Of(context)) { Address = context.Connection.RemoteIpAddress };
        RegistrationAdmission admission = await router.AdmitRegistrationAsync(RegistrationCredentials.Of(context), peer).ConfigureAwait(false);
        context.Response.ContentType = HttpLeg.ContentType;
        if (!admission.IsAdmitted)
        {
            // Among the headers, with no stream begun.
            foreach ((string key, string value) in Fields(admission.Status))
            {
                context.Response.Headers.Append(key, value);
            }

            return;
        }

        GrpcRequest.LiftLimits(context);
        ages.Exempt(context.Features);
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        Status status = await router.RunChannelAsync(
            context.Request.BodyReader, new PipeFrameSink(context.Response.BodyWriter), peer with { Identity = admission.Identity }, context.RequestAborted).ConfigureAwait(false);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            foreach ((string key, string value) in Fields(status))
            {
                context.Response.AppendTrailer(key, value);
            }
        }
    }

    private static IEnumerable<(string Key, string Value)> Fields(Status status)
    {
        yield return ("grpc-status", ((int)status.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (status.Detail.Length > 0)
        {
            yield return ("grpc-message", StatusMessage.Encode(Encoding.UTF8.GetBytes(status.Detail)));
        }
    }
}
