using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>As much of JSON Schema draft-07 as our schemas use; any other keyword is an error, so that none is passed over.</summary>
internal sealed class SchemaCheck(JsonObject schema)
{
    public static SchemaCheck Read(string name) =>
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(TestFiles.Repository, "image-builder", "Schema", name + ".schema.json")))!.AsObject());

    public JsonObject Definitions => schema["definitions"]!.AsObject();

    public IReadOnlyList<string> Errors(JsonNode? value) => [.. Errors(schema, value, "")];

    private IEnumerable<string> Errors(JsonObject rule, JsonNode? value, string at)
    {
        foreach ((string keyword, JsonNode? argument) in rule)
        {
            foreach (string error in Errors(rule, keyword, argument!, value, at))
                yield return error;
        }
    }

    private IEnumerable<string> Errors(JsonObject rule, string keyword, JsonNode argument, JsonNode? value, string at)
    {
        string wrong = $"{at}: {keyword}";
        switch (keyword)
        {
            case "$schema" or "title" or "description" or "definitions" or "examples":
                return [];
            case "$ref":
                return Errors(Definitions[((string)argument!)["#/definitions/".Length..]]!.AsObject(), value, at);
            case "allOf":
                return argument.AsArray().SelectMany(r => Errors(r!.AsObject(), value, at));
            case "anyOf":
                return argument.AsArray().Any(r => !Errors(r!.AsObject(), value, at).Any()) ? [] : [wrong];
            case "oneOf":
                return argument.AsArray().Count(r => !Errors(r!.AsObject(), value, at).Any()) == 1 ? [] : [wrong];
            case "not":
                return Errors(argument.AsObject(), value, at).Any() ? [] : [wrong];
            case "type":
                string[] types = argument is JsonArray several ? [.. several.Select(t => (string)t!)] : [(string)argument!];
                return types.Contains(TypeOf(value)) ? [] : [wrong];
            case "enum":
                return argument.AsArray().Any(a => JsonNode.DeepEquals(a, value)) ? [] : [wrong];
            case "const":
                return JsonNode.DeepEquals(argument, value) ? [] : [wrong];
            case "pattern" when TypeOf(value) == "string":
                return Regex.IsMatch((string)value!, (string)argument!) ? [] : [wrong];
            case "maxLength" when TypeOf(value) == "string":
                return ((string)value!).Length <= (int)argument ? [] : [wrong];
            case "minimum" when TypeOf(value) == "integer":
                return (long)value! >= (long)argument ? [] : [wrong];
            case "maximum" when TypeOf(value) == "integer":
                return (long)value! <= (long)argument ? [] : [wrong];
            case "multipleOf" when TypeOf(value) == "integer":
                return (long)value! % (long)argument == 0 ? [] : [wrong];
            case "minItems" when value is JsonArray list:
                return list.Count >= (int)argument ? [] : [wrong];
            case "maxItems" when value is JsonArray list:
                return list.Count <= (int)argument ? [] : [wrong];
            case "uniqueItems" when value is JsonArray list:
                return list.Select(i => i?.ToJsonString()).Distinct().Count() == list.Count ? [] : [wrong];
            case "items" when value is JsonArray list:
                return list.SelectMany((item, i) => Errors(argument.AsObject(), item, $"{at}/{i}"));
            case "minProperties" when value is JsonObject map:
                return map.Count >= (int)argument ? [] : [wrong];
            case "maxProperties" when value is JsonObject map:
                return map.Count <= (int)argument ? [] : [wrong];
            case "required" when value is JsonObject map:
                return argument.AsArray().Where(k => !map.ContainsKey((string)k!)).Select(k => $"{wrong} {k}");
            case "propertyNames" when value is JsonObject map:
                return map.SelectMany(p => Errors(argument.AsObject(), p.Key, $"{at}/{p.Key}"));
            case "properties" when value is JsonObject map:
                return map.Where(p => argument[p.Key] is not null).SelectMany(p => Errors(argument[p.Key]!.AsObject(), p.Value, $"{at}/{p.Key}"));
            case "additionalProperties" when value is JsonObject map:
                IEnumerable<KeyValuePair<string, JsonNode?>> others = map.Where(p => rule["properties"]?[p.Key] is null);
                return argument is JsonObject each
                    ? others.SelectMany(p => Errors(each, p.Value, $"{at}/{p.Key}"))
                    : others.Select(p => $"{wrong} {p.Key}");
            case "pattern" or "maxLength" or "minimum" or "maximum" or "multipleOf" or "minItems" or "maxItems" or "uniqueItems" or "items"
                or "minProperties" or "maxProperties" or "required" or "propertyNames" or "properties" or "additionalProperties":
                return [];
            default:
                throw new NotSupportedException($"the schema keyword {keyword}");
        }
    }

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.Number => "integer",
            _ => "boolean",
        },
    };
}
