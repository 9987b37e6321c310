// The portable hypervisor, specialised over X86.
global using Recorder = Bulkhead.BlackBox.Recorder<Bulkhead.X86.Guest.X86>;
global using ConsoleEnd = Bulkhead.Diagnostics.ConsoleMultiplexer<Bulkhead.Devices.BoardUart<Bulkhead.X86.Guest.X86>, Bulkhead.X86.Guest.X86>;
global using BoardConsole = Bulkhead.Diagnostics.BoardConsole<Bulkhead.X86.Guest.X86>;
global using BoardEnd = Bulkhead.Diagnostics.BoardEnd<Bulkhead.X86.Guest.X86>;
global using Deadlines = Bulkhead.Vcpus.Deadlines<Bulkhead.X86.Guest.X86>;
global using GuestMemory = Bulkhead.Partitions.GuestMemory<Bulkhead.X86.Guest.X86>;
global using GuestLife = Bulkhead.Lifecycle.GuestLife<Bulkhead.X86.Guest.X86>;
global using GuestStop = Bulkhead.Partitions.GuestStop<Bulkhead.X86.Guest.X86>;
global using GuestWatchdog = Bulkhead.Devices.GuestWatchdog<Bulkhead.X86.Guest.X86>;
global using HypervisorCall = Bulkhead.Vcpus.HypervisorCall<Bulkhead.X86.Guest.X86>;
global using HypervisorLog = Bulkhead.Diagnostics.HypervisorLog<Bulkhead.X86.Guest.X86>;
global using TableLoad = Bulkhead.Partitions.TableLoad<Bulkhead.X86.Guest.X86, Bulkhead.Partitions.X86TableRules>;
global using VcpuLoop = Bulkhead.Vcpus.VcpuLoop<Bulkhead.X86.Guest.X86>;
