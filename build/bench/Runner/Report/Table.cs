using System.Globalization;
using System.Text;

namespace GrpcRouter.Bench;

/// <summary>A table whose source is as readable as what is made of it.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public static string Number(double? value, int decimals = 0) => value is { } number
        ? number.ToString((Math.Abs(number) >= 1000 ? "#,0" : "0") + (decimals > 0 ? "." + new string('0', decimals) : ""), CultureInfo.InvariantCulture)
        : "";

    public void Add(params string[] cells) => _rows.Add(cells);

    public string ToMarkdown()
    {
        int[] widths = [.. headings.Select((heading, column) => _rows.Select(row => row[column].Length).Append(heading.Length).Append(3).Max())];
        bool[] numbers = [.. headings.Select((_, column) => _rows.TrueForAll(row => row[column].Length == 0 || char.IsAsciiDigit(row[column][^1])) && column > 0)];
        StringBuilder text = new();
        Line(headings);
        Line([.. widths.Select((width, column) => numbers[column] ? new string('-', width - 1) + ":" : new string('-', width))]);
        _rows.ForEach(Line);
        return text.ToString();

        void Line(string[] cells)
        {
            text.Append('|');
            for (int column = 0; column < cells.Length; column++)
            {
                text.Append(' ').Append(numbers[column] ? cells[column].PadLeft(widths[column]) : cells[column].PadRight(widths[column])).Append(" |");
            }

            text.Append('\n');
        }
    }
}
