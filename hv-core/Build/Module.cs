using System.Runtime.CompilerServices;

// C# wants every local assigned before it is read, and nothing here uses stackalloc: zeroing them first is code for nothing.
[module: SkipLocalsInit]
