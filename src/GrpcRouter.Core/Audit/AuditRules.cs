namespace GrpcRouter;

/// <summary>Rules for the audit log.</summary>
internal static class AuditRules
{
    public static void Check(in OptionScope root, AuditOptions? options)
    {
        if (!root.IsThere(nameof(RouterOptions.Audit), options))
        {
            return;
        }

        OptionScope scope = root.Of(nameof(RouterOptions.Audit));
        scope.Require(
            options!.Path is null || IsFileName(options.Path), nameof(options.Path), "must be the path of a file", string.IsNullOrEmpty(options.Path) ? null : options.Path);
        scope.Require(
            options.MaxFileSize is >= 64 * 1024 and <= 1L << 40, nameof(options.MaxFileSize), "must be 65,536 to 1,099,511,627,776", options.MaxFileSize);
        scope.Defined<AuditFlush>(nameof(options.Flush), options.Flush);
        scope.Range(nameof(options.QueueLimit), options.QueueLimit, 100, 1_000_000);
    }

    private static bool IsFileName(string path) => !path.Contains('\0', StringComparison.Ordinal) && Path.GetFileName(path).Length > 0;
}
