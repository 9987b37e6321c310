using System;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>Takes bytes of one console, as they come.</summary>
public delegate void ConsoleSink(string source, ReadOnlySpan<byte> bytes);
