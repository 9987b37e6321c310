using System;

namespace Bulkhead.Simulation.Scheduling;

/// <summary>Power loss, a stopped board, or the end of a life: every CPU leaves whatever it was doing.</summary>
internal sealed class BoardEnds : Exception;
