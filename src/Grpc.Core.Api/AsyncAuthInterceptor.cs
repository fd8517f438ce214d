namespace Grpc.Core;

/// <summary>Adds credentials to the metadata of a call before it is sent.</summary>
/// <param name="context">The call.</param>
/// <param name="metadata">Where the credentials are added.</param>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);
