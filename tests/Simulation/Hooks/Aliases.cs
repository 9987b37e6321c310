// What hv-core means by these names when it runs here.
global using Interlocked = Bulkhead.Simulation.Hooks.Interlocked;
global using Thread = Bulkhead.Simulation.Hooks.Thread;
global using Volatile = Bulkhead.Simulation.Hooks.Volatile;
