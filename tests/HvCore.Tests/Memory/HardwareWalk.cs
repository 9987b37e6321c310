using System;

namespace Bulkhead.Tests.Core;

/// <summary>A table walk as the hardware does it: memory, the root's address, and the address to translate.</summary>
internal delegate HardwareAccess HardwareWalk(Func<ulong, ulong> read, ulong root, ulong input);
