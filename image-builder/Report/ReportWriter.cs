using System.Text;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>Text in which a guest's words have its colour on the console, or none.</summary>
internal sealed class ReportWriter(bool colour)
{
    // The console's, guest by guest (Qemu/ConsoleView.cs).
    private static readonly int[] Colours = [36, 33, 32, 35, 34, 31, 96, 93];
    private const int Red = 31;

    private readonly StringBuilder _text = new();

    /// <param name="guest">Its index in the table; -1 for none.</param>
    public void Write(string text, int guest = -1) => Paint(text, guest < 0 ? 0 : Colours[guest % Colours.Length]);

    public void Line(string text = "") => _text.Append(text).Append('\n');

    public void Alarm(string text)
    {
        Paint(text, Red);
        Line();
    }

    public override string ToString() => _text.ToString();

    private void Paint(string text, int code)
    {
        if (colour && code != 0)
            _text.Append($"\e[{code}m").Append(text).Append("\e[0m");
        else
            _text.Append(text);
    }
}
