using System.Text;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <content>Calls that the router ends for what a peer did: they are counted, and the peer is named.</content>
internal sealed partial class RoutedCall
{
    /// <summary>Ends the response with a status of the router's own.</summary>
    private void Refuse(in RouterStatus status)
    {
        leg.SetEnd(status);
        switch (status.Reason)
        {
            case RouterReasons.BadRequest or RouterReasons.BadTimeout:
                Report(AbuseKinds.BadRequest, ClientName(), status);
                break;
            case RouterReasons.MessageTooLarge or RouterReasons.MetadataTooLarge:
                Report(AbuseKinds.Oversize, channel is null ? ClientName() : $"{ClientName()} or {InstanceName()}", status);
                break;
            case RouterReasons.CreditOverrun:
                Report(AbuseKinds.CreditOverrun, InstanceName(), status);
                break;
            case RouterReasons.BadResponse:
                Report(AbuseKinds.BadResponse, InstanceName(), status);
                break;
        }
    }

    private void Report(string kind, string peer, in RouterStatus status) =>
        router.Hub.Abuse.ReportRefusal(kind, peer, $"{router.Service.FullName}/{method.Name} ended {status.Code}. {status.Message}");

    private string InstanceName() => channel is { } carrier ? $"Instance {carrier.InstanceId} at {carrier.Peer}" : "An instance";

    private string ClientName() => CallStartFields.TryRead(leg.Start, out CallStartFields start) && !start.Peer.IsEmpty ? Encoding.ASCII.GetString(start.Peer) : "A client";
}
