using Grpc.Core;

namespace GrpcRouter;

/// <content>What the client gets.</content>
internal sealed partial class InboundCall
{
    /// <summary>Sends initial metadata ahead of the first message.</summary>
    public Task WriteHeadersAsync(Metadata headers)
    {
        if (headersDecided || HasEnded)
        {
            throw new InvalidOperationException(headersDecided
                ? "Response headers have been sent already: they go out once, before the first message."
                : "Response headers cannot be sent: the call is complete.");
        }

        string? requested = headers.LastOrDefault(static entry => entry.Key == MessageEncodings.RequestKey)?.Value;
        ICompressionProvider? provider = ChooseCompression(requested);
        byte[] serialized = CallEndings.Headers(headers, provider?.EncodingName, acceptEncoding: null, Channel.MetadataLimit);
        headersDecided = true;
        responseCompression = provider;
        pendingHeaders = serialized;
        return headersSent = Output.WriteHeadersAsync(serialized).AsTask();
    }

    /// <summary>Sends a response message; the last one brings the call's end with it.</summary>
    public ValueTask WriteMessageAsync<T>(Marshaller<T> marshaller, T value, WriteOptions? options, bool last, CancellationToken cancellationToken) =>
        WriteMessageAsync(marshaller, value, options, last, flush: true, cancellationToken);

    /// <summary>Sends the one response from within <see cref="Run"/>, whose caller flushes.</summary>
    public ValueTask WriteLastAsync<T>(Marshaller<T> marshaller, T value)
    {
        ValueTask write = WriteMessageAsync(marshaller, value, Context.WriteOptions, last: true, flush: false, CancellationToken.None);
        leftUnflushed = write.IsCompletedSuccessfully;
        return write;
    }

    private ValueTask WriteMessageAsync<T>(
        Marshaller<T> marshaller, T value, WriteOptions? options, bool last, bool flush, CancellationToken cancellationToken)
    {
        if (HasEnded)
        {
            ThrowEnded();
        }

        if (!headersSent.IsCompleted)
        {
            return WriteAfterHeadersAsync(marshaller, value, options, last, cancellationToken);
        }

        DecideHeaders();
        OutgoingMessage message = OutgoingMessage.Serialize(marshaller, value);
        ValueTask write;
        try
        {
            Prepare(message, options);
            write = Output.WriteMessageAsync(message, last ? Ending() : null, flush, cancellationToken);
        }
        catch
        {
            message.Release();
            throw;
        }

        if (!write.IsCompletedSuccessfully)
        {
            return AwaitWriteAsync(write, message, last);
        }

        message.Release();
        if (last)
        {
            Cleanup();
        }

        return ValueTask.CompletedTask;
    }

    // Not every handler awaits its headers, and nothing may overtake them.
    private async ValueTask WriteAfterHeadersAsync<T>(
        Marshaller<T> marshaller, T value, WriteOptions? options, bool last, CancellationToken cancellationToken)
    {
        await headersSent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await WriteMessageAsync(marshaller, value, options, last, cancellationToken);
    }

    private async ValueTask AwaitWriteAsync(ValueTask write, OutgoingMessage message, bool last)
    {
        try
        {
            await write;
        }
        finally
        {
            message.Release();
        }

        if (last)
        {
            Cleanup();
        }
    }

    private void Prepare(OutgoingMessage message, WriteOptions? options)
    {
        if (message.Length > Bridge.MaxSendMessageSize)
        {
            throw MessageLimit.Sent(message.Length, Bridge.MaxSendMessageSize);
        }

        if (responseCompression is not null && ((options?.Flags ?? 0) & WriteFlags.NoCompress) == 0)
        {
            message.Compress(responseCompression, Bridge.Encodings.Level);
        }

        if (message.Length > Channel.MessageLimit)
        {
            throw MessageLimit.Sent(message.Length, Channel.MessageLimit);
        }
    }

    private CallEnding Ending() => CallEndings.End(Context.Status, Context.SetTrailers, notDispatched: false, Channel.MetadataLimit);

    private void DecideHeaders()
    {
        if (headersDecided)
        {
            return;
        }

        headersDecided = true;
        responseCompression = ChooseCompression(requested: null);
        if (responseCompression is not null)
        {
            Output.SetHeaders(CallEndings.Headers(null, responseCompression.EncodingName, acceptEncoding: null, Channel.MetadataLimit));
        }
    }

    private ICompressionProvider? ChooseCompression(string? requested)
    {
        string? encoding = requested ?? Bridge.Encodings.ResponseAlgorithm;
        if (encoding is null or MessageEncodings.Identity)
        {
            return null;
        }

        if (Bridge.Encodings.Find(encoding) is null)
        {
            throw new InvalidOperationException($"There is no compression provider for the response encoding '{encoding}'.");
        }

        return Bridge.Encodings.FindAccepted(encoding, Context.Opening.AcceptEncoding);
    }
}
