namespace GrpcRouter;

/// <summary>The value of the option is a secret, or would help to guess one: it is neither written anywhere nor part of a hash.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SensitiveAttribute : Attribute;
