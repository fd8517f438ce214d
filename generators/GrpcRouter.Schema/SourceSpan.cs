namespace GrpcRouter.Schema;

/// <summary>A range of text in a .proto file. Lines and columns count from 1; the end is exclusive.</summary>
/// <param name="Line">First line; 0 when the position is not known.</param>
/// <param name="Column">Column of the first character.</param>
/// <param name="EndLine">Line on which the range ends.</param>
/// <param name="EndColumn">Column after the last character.</param>
public readonly record struct SourceSpan(int Line, int Column, int EndLine, int EndColumn);
