using Bulkhead.ImageBuilder.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>
/// Builds a manifest's tree from YamlDotNet's parsing events. YamlDotNet's own DOM stops at the first duplicate key
/// and has replaced aliases by what they stand for before anybody can refuse them; this tree reports all of them in one
/// run, each with its place, and its depth is bounded.
/// </summary>
internal sealed class YamlComposer
{
    private const int MaxDepth = 16;

    private readonly SourceFile _file;
    private readonly DiagnosticBag _diagnostics;
    private readonly IParser _parser;
    private readonly Stack<SourceSpan> _openBrackets = new();
    private bool _tooDeep;

    private YamlComposer(SourceFile file, DiagnosticBag diagnostics)
    {
        _file = file;
        _diagnostics = diagnostics;
        _parser = new Parser(new Scanner(new StringReader(file.Text), skipComments: true));
    }

    /// <summary>The file's one document, or null when it is not YAML.</summary>
    public static ManifestNode? Compose(SourceFile file, DiagnosticBag diagnostics)
    {
        YamlComposer composer = new(file, diagnostics);
        try
        {
            return composer.ComposeDocument();
        }
        catch (YamlException e)
        {
            composer.ReportNotYaml(SpanOf(file, e.Start, e.Start), e.Message);
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16 loses its way (and this exception) in a text that goes on over lines in an unclosed bracket.
            if (composer._openBrackets.TryPeek(out SourceSpan bracket))
                composer.ReportNotYaml(bracket, "this bracket is not closed");
            else
                composer.ReportNotYaml(SourceSpan.WholeFile(file), "its structure cannot be made out");
            return null;
        }
    }

    private void ReportNotYaml(SourceSpan place, string message)
    {
        int tab = Enumerable.Range(1, Math.Max(1, _file.LineCount)).FirstOrDefault(n => IsTabIndented(_file.Line(n)));
        if (tab != 0)
        {
            string line = _file.Line(tab);
            _diagnostics.Add(SyntaxDiagnostics.NotYaml, new SourceSpan(_file, tab, line.IndexOf('\t') + 1, 1), "a tab indents this line", "indent with blanks");
        }
        else if (_openBrackets.TryPeek(out SourceSpan bracket) && bracket != place)
        {
            _diagnostics.Add(SyntaxDiagnostics.NotYaml, place, "this is not YAML: " + message, new DiagnosticNote(bracket, "in the bracket that opens here"));
        }
        else
        {
            _diagnostics.Add(SyntaxDiagnostics.NotYaml, place, "this is not YAML: " + message);
        }
    }

    private static bool IsTabIndented(string line) => line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length).Contains('\t');

    private ManifestNode? ComposeDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
            return new ManifestScalar(SourceSpan.WholeFile(_file), "", IsPlain: true);
        ManifestNode root = ComposeNode(1);
        if (_tooDeep)
            return null;
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            _diagnostics.Add(SyntaxDiagnostics.SeveralDocuments, SpanOf(_file, second.Start, second.End),
                "a second document begins here; one file describes one thing");
        }
        return root;
    }

    private ManifestNode ComposeNode(int depth)
    {
        ParsingEvent current = _parser.Current ?? throw new YamlException("the file ends in the middle");
        SourceSpan span = SpanOf(_file, current.Start, current.End);
        if (current is AnchorAlias alias)
        {
            _parser.MoveNext();
            _diagnostics.Add(SyntaxDiagnostics.Forbidden, span, $"the alias *{alias.Value} is not allowed; write the value out");
            return new RefusedNode(span);
        }
        if (current is NodeEvent node)
            RefuseProperties(node, span);
        if (depth > MaxDepth && current is (MappingStart or SequenceStart))
        {
            if (!_tooDeep)
                _diagnostics.Add(SyntaxDiagnostics.TooDeep, span, $"nested more than {MaxDepth} levels deep");
            _tooDeep = true;
            return new RefusedNode(span);
        }
        return current switch
        {
            MappingStart => ComposeMap(span, depth),
            SequenceStart => ComposeList(span, depth),
            _ => ComposeScalar(span),
        };
    }

    private ManifestScalar ComposeScalar(SourceSpan span)
    {
        Scalar scalar = _parser.Consume<Scalar>();
        return new ManifestScalar(span, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private ManifestList ComposeList(SourceSpan span, int depth)
    {
        // Consume reads ahead, and may fail doing so: the bracket has to be known before.
        bool inBrackets = _parser.Current is SequenceStart { Style: SequenceStyle.Flow };
        if (inBrackets)
            _openBrackets.Push(span);
        _parser.Consume<SequenceStart>();
        List<ManifestNode> items = [];
        while (!_tooDeep && !_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ComposeNode(depth + 1));
        if (inBrackets)
            _openBrackets.Pop();
        return new ManifestList(span, items);
    }

    private ManifestMap ComposeMap(SourceSpan span, int depth)
    {
        bool inBrackets = _parser.Current is MappingStart { Style: MappingStyle.Flow };
        if (inBrackets)
            _openBrackets.Push(span);
        _parser.Consume<MappingStart>();
        List<ManifestEntry> entries = [];
        Dictionary<string, SourceSpan> seen = new(StringComparer.Ordinal);
        while (!_tooDeep && !_parser.TryConsume<MappingEnd>(out _))
        {
            ManifestNode key = ComposeNode(depth + 1);
            if (_tooDeep)
                break;
            ManifestNode value = ComposeNode(depth + 1);
            if (key is not ManifestScalar name)
            {
                if (key is not RefusedNode)
                    _diagnostics.Add(SyntaxDiagnostics.WrongShape, key.Span, "a key is a single word, not a list or a mapping");
            }
            else if (!seen.TryAdd(name.Text, name.Span))
            {
                _diagnostics.Add(SyntaxDiagnostics.DuplicateKey, name.Span, $"the key `{name.Text}` stands here a second time",
                    new DiagnosticNote(seen[name.Text], "the first one is here"));
            }
            else
            {
                entries.Add(new ManifestEntry(name, value));
            }
        }
        if (inBrackets)
            _openBrackets.Pop();
        return new ManifestMap(span, entries);
    }

    private void RefuseProperties(NodeEvent node, SourceSpan span)
    {
        if (!node.Anchor.IsEmpty)
            _diagnostics.Add(SyntaxDiagnostics.Forbidden, span, $"the anchor &{node.Anchor.Value} is not allowed");
        if (!node.Tag.IsEmpty)
            _diagnostics.Add(SyntaxDiagnostics.Forbidden, span, $"the tag {node.Tag.Value} is not allowed");
    }

    private static SourceSpan SpanOf(SourceFile file, Mark start, Mark end)
    {
        int line = (int)start.Line;
        int column = (int)start.Column;
        int restOfLine = file.Line(line).Length - column + 1;
        int length = end.Line == start.Line ? (int)(end.Column - start.Column) : restOfLine;
        return new SourceSpan(file, line, column, Math.Max(1, length));
    }
}
