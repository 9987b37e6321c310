using System;

namespace Bulkhead.Tests.Core;

/// <summary>Where the core calls what does not return: `halt`, `board reset`, `enter`, `unwind`, or `park` for an idle CPU that nothing wakes.</summary>
internal sealed class NoReturn(string where) : Exception(where);
