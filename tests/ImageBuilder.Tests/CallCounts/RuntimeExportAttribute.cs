namespace Bulkhead.ImageBuilder.Tests.CallCounts;

/// <summary>As the board's core library has it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute : Attribute;
