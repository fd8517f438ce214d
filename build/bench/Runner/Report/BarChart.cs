using System.Globalization;
using System.Net;
using System.Text;

namespace GrpcRouter.Bench;

/// <summary>Groups of horizontal bars as SVG. Written here because no charting library of the registry in use fits a build without native code.</summary>
/// <param name="title">What the bars show.</param>
/// <param name="series">One bar for each in every group.</param>
/// <param name="mark">Where a line goes down the chart, if anywhere.</param>
internal sealed class BarChart(string title, string[] series, double? mark)
{
    private const int BarHeight = 11;
    private const int Gap = 14;
    private const int Left = 300;
    private const int Width = 480;
    private const int Top = 62;

    // Told apart by people who see colours differently, and on light and dark pages.
    private static readonly string[] Colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"];

    private readonly List<(string Name, double?[] Values)> _groups = [];

    public void Add(string name, double?[] values) => _groups.Add((name, values));

    public string ToSvg()
    {
        double largest = _groups.SelectMany(static group => group.Values).OfType<double>().Append(mark ?? 0).Append(double.Epsilon).Max();
        double scale = Width / largest;
        int groupHeight = (BarHeight * series.Length) + Gap;
        int height = Top + (groupHeight * _groups.Count) + 10;
        StringBuilder svg = new();
        Write($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 70} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">");
        Write($"<title>{WebUtility.HtmlEncode(title)}</title>");
        Write($"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        Write($"<text x=\"10\" y=\"22\" font-size=\"15\" fill=\"#222222\">{WebUtility.HtmlEncode(title)}</text>");
        for (int i = 0; i < series.Length; i++)
        {
            Write($"<rect x=\"{Left + (i * 110)}\" y=\"35\" width=\"12\" height=\"12\" fill=\"{Colours[i % Colours.Length]}\"/>");
            Write($"<text x=\"{Left + 17 + (i * 110)}\" y=\"46\" fill=\"#222222\">{WebUtility.HtmlEncode(series[i])}</text>");
        }

        for (int group = 0; group < _groups.Count; group++)
        {
            int y = Top + (group * groupHeight);
            Write($"<text x=\"{Left - 8}\" y=\"{y + (BarHeight * series.Length / 2) + 4}\" text-anchor=\"end\" fill=\"#222222\">{WebUtility.HtmlEncode(_groups[group].Name)}</text>");
            for (int i = 0; i < series.Length; i++)
            {
                if (_groups[group].Values[i] is { } value)
                {
                    Write($"<rect x=\"{Left}\" y=\"{y + (i * BarHeight)}\" width=\"{value * scale:0.0}\" height=\"{BarHeight - 1}\" fill=\"{Colours[i % Colours.Length]}\"/>");
                    Write($"<text x=\"{Left + (value * scale) + 4:0.0}\" y=\"{y + ((i + 1) * BarHeight) - 2}\" font-size=\"10\" fill=\"#444444\">{Table.Number(value, 2)}</text>");
                }
            }
        }

        if (mark is { } line)
        {
            Write($"<line x1=\"{Left + (line * scale):0.0}\" x2=\"{Left + (line * scale):0.0}\" y1=\"{Top - 8}\" y2=\"{height - 10}\" stroke=\"#666666\" stroke-dasharray=\"4 3\"/>");
        }

        Write($"</svg>");
        return svg.ToString();

        void Write(FormattableString element) => svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
