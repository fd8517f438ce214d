using System.Text;

namespace GrpcRouter.Generators.Emit;

// Text with indentation and LF line ends.
internal sealed class SourceWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    // Each line of the text at the current depth. The text may come from a raw string in a file checked out with CRLF.
    public SourceWriter Write(string lines)
    {
        foreach (var line in lines.Split('\n'))
        {
            var content = line.TrimEnd('\r');
            if (content.Length > 0)
            {
                text.Append(' ', depth * 4).Append(content);
            }

            text.Append('\n');
        }

        return this;
    }

    public SourceWriter Open(string head)
    {
        Write(head).Write("{");
        depth++;
        return this;
    }

    public SourceWriter Close()
    {
        depth--;
        return Write("}");
    }

    public SourceWriter Indent(int levels)
    {
        depth += levels;
        return this;
    }

    public override string ToString() => text.ToString();
}
