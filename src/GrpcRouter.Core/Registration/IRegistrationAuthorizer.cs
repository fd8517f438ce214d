namespace GrpcRouter;

/// <summary>
/// The application's own decision on registrations, asked after the router's rules have allowed one and before anything is kept of it. Register it with
/// <c>services.AddSingleton&lt;IRegistrationAuthorizer, …&gt;()</c>.
/// </summary>
public interface IRegistrationAuthorizer
{
    /// <summary>
    /// Decides on a registration. It may take as long as <see cref="RouterOptions.RegistrationTimeout"/>; meanwhile the instance is in no list. An exception refuses the registration with UNAVAILABLE, and the
    /// instance tries again soon. Called from many threads at once.
    /// </summary>
    /// <param name="request">Who wants to register what.</param>
    /// <param name="cancellationToken">The instance has gone.</param>
    ValueTask<RegistrationDecision> AuthorizeAsync(RegistrationRequest request, CancellationToken cancellationToken);
}
