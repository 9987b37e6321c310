// The portable hypervisor, specialised over this architecture.
global using Recorder = Bulkhead.BlackBox.Recorder<Bulkhead.Arm64.El2.Arm64>;
global using ConsoleEnd = Bulkhead.Diagnostics.ConsoleMultiplexer<Bulkhead.Devices.BoardUart<Bulkhead.Arm64.El2.Arm64>, Bulkhead.Arm64.El2.Arm64>;
global using BoardConsole = Bulkhead.Diagnostics.BoardConsole<Bulkhead.Arm64.El2.Arm64>;
global using BoardEnd = Bulkhead.Diagnostics.BoardEnd<Bulkhead.Arm64.El2.Arm64>;
global using Deadlines = Bulkhead.Vcpus.Deadlines<Bulkhead.Arm64.El2.Arm64>;
global using GuestMemory = Bulkhead.Partitions.GuestMemory<Bulkhead.Arm64.El2.Arm64>;
global using GuestLife = Bulkhead.Lifecycle.GuestLife<Bulkhead.Arm64.El2.Arm64>;
global using GuestStop = Bulkhead.Partitions.GuestStop<Bulkhead.Arm64.El2.Arm64>;
global using GuestWatchdog = Bulkhead.Devices.GuestWatchdog<Bulkhead.Arm64.El2.Arm64>;
global using HypervisorCall = Bulkhead.Vcpus.HypervisorCall<Bulkhead.Arm64.El2.Arm64>;
global using HypervisorLog = Bulkhead.Diagnostics.HypervisorLog<Bulkhead.Arm64.El2.Arm64>;
global using TableLoad = Bulkhead.Partitions.TableLoad<Bulkhead.Arm64.El2.Arm64, Bulkhead.Partitions.Arm64TableRules>;
global using VcpuLoop = Bulkhead.Vcpus.VcpuLoop<Bulkhead.Arm64.El2.Arm64>;
