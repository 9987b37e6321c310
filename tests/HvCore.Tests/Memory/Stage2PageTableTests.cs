using Bulkhead.Arm64.Memory;

namespace Bulkhead.Tests.Core;

/// <summary>44 bits of physical addresses, as cortex-a57 has.</summary>
public sealed class Stage2PageTableTests() : PageTableTests<Vmsav8Format>(Vmsav8Format.Stage2(new(4)), HardwareWalks.Stage2(39));

/// <summary>36 bits: guests have no more either.</summary>
public sealed class SmallStage2PageTableTests() : PageTableTests<Vmsav8Format>(Vmsav8Format.Stage2(new(1)), HardwareWalks.Stage2(36));
