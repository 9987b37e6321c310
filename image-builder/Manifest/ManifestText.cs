using System.Text;
using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads a manifest file as text: UTF-8 and of a sane size, or reported.</summary>
internal static class ManifestText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static SourceFile? Read(string path, DiagnosticBag diagnostics, out byte[] bytes)
    {
        bytes = [];
        try
        {
            FileInfo info = new(path);
            if (Directory.Exists(path))
                return Refuse(path, diagnostics, "this is a folder; name the yaml file in it");
            if (info.Exists && info.Length > SourceFile.MaxBytes)
                return Refuse(path, diagnostics, "the file is larger than 1 MiB; this cannot be a manifest");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message;
            return Refuse(path, diagnostics, reason);
        }
        return Decode(path, bytes, diagnostics);
    }

    private static SourceFile? Decode(string path, byte[] bytes, DiagnosticBag diagnostics)
    {
        try
        {
            string text = Strict.GetString(bytes);
            // A byte order mark is no part of the text.
            return new SourceFile(path, text.StartsWith('\ufeff') ? text[1..] : text);
        }
        catch (DecoderFallbackException e)
        {
            SourceFile file = new(path, Encoding.UTF8.GetString(bytes));
            ReadOnlySpan<byte> before = bytes.AsSpan(0, Math.Max(0, e.Index));
            int line = before.Count((byte)'\n') + 1;
            int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            diagnostics.Add(SyntaxDiagnostics.Unreadable, new SourceSpan(file, line, column, 1), "this byte is not UTF-8 text");
            return null;
        }
    }

    private static SourceFile? Refuse(string path, DiagnosticBag diagnostics, string reason)
    {
        diagnostics.Add(SyntaxDiagnostics.Unreadable, SourceSpan.WholeFile(new SourceFile(path, "")), reason);
        return null;
    }
}
