using System.Globalization;
using System.Text;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>The text of --send: UTF-8, with \n \r \t \e \\ and \xNN for any byte.</summary>
public static class SendText
{
    /// <exception cref="FormatException">An escape that is none of these.</exception>
    public static byte[] Parse(string text)
    {
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            int length = char.IsSurrogatePair(text, i) ? 2 : 1;
            if (text[i] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }
            char name = ++i < text.Length ? text[i] : ' ';
            bytes.Add(name == 'x' ? Hexadecimal(text, ref i) : Named(name));
        }
        return [.. bytes];
    }

    private static byte Named(char name) => name switch
    {
        'n' => (byte)'\n',
        'r' => (byte)'\r',
        't' => (byte)'\t',
        'e' => 0x1b,
        '\\' => (byte)'\\',
        _ => throw new FormatException($"'\\{name}' is none of \\n \\r \\t \\e \\\\ \\xNN"),
    };

    private static byte Hexadecimal(string text, ref int i)
    {
        i += 2;
        if (i < text.Length && byte.TryParse(text.AsSpan(i - 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            return value;
        throw new FormatException("\\x wants two hexadecimal digits");
    }
}
