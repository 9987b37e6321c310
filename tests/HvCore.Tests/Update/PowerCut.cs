using System;

namespace Bulkhead.Tests.Update;

/// <summary>Power is gone: nothing after this statement has run.</summary>
internal sealed class PowerCut : Exception;
