using System;

namespace Bulkhead.Simulation.Hardware;

/// <summary>The CPU is out of its guest for good: its stack begins anew.</summary>
internal sealed class LeaveGuest : Exception;
