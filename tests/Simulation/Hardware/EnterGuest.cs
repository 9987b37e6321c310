using System;

namespace Bulkhead.Simulation.Hardware;

/// <summary>The CPU goes to its guest: nothing of the hypervisor's stack is left.</summary>
internal sealed class EnterGuest : Exception;
