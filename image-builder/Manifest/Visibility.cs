using System.Runtime.CompilerServices;

// The tests compare key sets and schema, and read single values.
[assembly: InternalsVisibleTo("ImageBuilder.Tests")]
