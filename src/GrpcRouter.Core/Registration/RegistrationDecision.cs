namespace GrpcRouter;

/// <summary>What an application decided on a registration.</summary>
public sealed class RegistrationDecision
{
    private RegistrationDecision(bool isAllowed, string reason, IReadOnlySet<string>? tenants)
    {
        IsAllowed = isAllowed;
        Reason = reason;
        Tenants = tenants;
    }

    /// <summary>The instance may register as it wants to.</summary>
    public static RegistrationDecision Allowed { get; } = new(isAllowed: true, "", tenants: null);

    /// <summary>The instance may register.</summary>
    public bool IsAllowed { get; }

    /// <summary>Why it may not; empty when it may.</summary>
    public string Reason { get; }

    /// <summary>The tenants whose calls it may serve, of those that the rules grant; null: all of those.</summary>
    public IReadOnlySet<string>? Tenants { get; }

    /// <summary>The instance may register, and serve the calls of these tenants as far as the rules grant them.</summary>
    public static RegistrationDecision AllowedFor(IReadOnlySet<string> tenants)
    {
        ArgumentNullException.ThrowIfNull(tenants);
        return new RegistrationDecision(isAllowed: true, "", tenants);
    }

    /// <summary>The instance may not register: it is refused with PERMISSION_DENIED.</summary>
    /// <param name="reason">A sentence for the instance and for operators; without secrets.</param>
    public static RegistrationDecision Denied(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new RegistrationDecision(isAllowed: false, reason, tenants: null);
    }
}
