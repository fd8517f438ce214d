namespace GrpcRouter;

/// <summary>What an option's type is to the configuration.</summary>
internal enum OptionKind
{
    /// <summary>Only code can set it, such as a source of chance.</summary>
    Code,

    /// <summary>A text, number, time or choice.</summary>
    Value,

    /// <summary>Options of its own.</summary>
    Group,

    /// <summary>Numbered entries, all of one type.</summary>
    List,

    /// <summary>Named entries, all of one type.</summary>
    Map,
}
