using System.Text.Json;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>The table's constants as the report spells them: `arm64`, `boot_info`.</summary>
internal static class Words
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!);
}
