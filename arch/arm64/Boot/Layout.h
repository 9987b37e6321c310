// Numbers that assembly, the linker script and C# (El2/HypervisorLayout.cs) share; the build compares them.
#define HV_BASE             0x4000000000        // virtual base of the hypervisor: 256 GiB
#define MAX_CPUS            8
#define CPU_BLOCK_SIZE      0x5000              // guard page, 12 KiB stack, 4 KiB vCPU
#define VCPU_TRACE          0x120               // in the vCPU (El2/Vcpu.cs)
#define TRACE_ENTRY         32                  // hv-core/BlackBox/TraceEntry.cs
#define TRACE_RING_BITS     16
#define STACK_TOP           0x4000              // = the vCPU's offset in its block

// VMSAv8-64 stage 1 descriptors (DDI 0487 D8.3), AttrIndx: 0 Device-nGnRE, 1 Normal WB, 2 Normal NC
#define PTE_TABLE           0x3
#define PTE_BLOCK_RX        0x7c5               // AF, SH inner, AP[2:1] read-only, AttrIndx 1, block
#define PTE_PAGE_RX         0x7c7
#define PTE_PAGE_R          0x400000000007c7   // + XN
#define PTE_PAGE_RW         0x40000000000747
#define MAIR_VALUE          0x44ff04
#define TCR_VALUE           0x80803519          // RES1 31,23; 4 KiB; SH inner, WBWA walks; T0SZ 25 = 39 bits
#define SCTLR_VALUE         0x30cd183d          // RES1 bits, M, C, SA, I, WXN
#define CPTR_VALUE          0x33ff              // RES1, TZ, TSM; TFP clear
#define HCR_HOST_LOW        0x0038              // AMO, IMO, FMO: physical interrupts come to EL2
#define HCR_HOST_HIGH       0x8000              // RW
