// Numbers that assembly, the linker script and C# (Host/HypervisorLayout.cs) share.
#define HV_BASE             0xffffffff80000000  // virtual base of the hypervisor: the top 2 GiB
#define FIRST_STAGE_BASE    0xffffffff80200000  // the first stage's, behind it: an address says which of them runs
#define HV_SIZE             0x200000            // one 2 MiB page's worth, mapped page by page
#define MAX_CPUS            8

// A CPU's block (Host/CpuBlocks.cs): each stack grows down to a guard page of its own.
#define STACK_TOP           0x5000              // 16 KiB above a guard page; here stands the vCPU, one page
#define CPU_TABLES          0x6000              // GDT and TSS, one page
#define NMI_STACK_TOP       0x9000
#define MACHINE_CHECK_TOP   0xb000
#define FAULT_STACK_TOP     0xd000
#define CPU_BLOCK_SIZE      0xd000

// A vCPU, from its first byte (Guest/Vcpu.cs)
#define VCPU_REGISTERS      0x000               // 16, in the order of their encoding
#define VCPU_RSP            0x020
#define VCPU_RIP            0x088
#define VCPU_RFLAGS         0x090
#define VCPU_XMM0           0x0a0
#define VCPU_XMM8           0x0b0
#define VCPU_VMCB_PHYSICAL  0x0c0
#define VCPU_HOST_VMCB      0x0c8
#define VCPU_VMCB           0x0d0
#define VCPU_LAUNCHED       0x0d8
#define VCPU_APIC           0x0e0
#define VCPU_PIN_CONTROLS   0x0fc
#define VCPU_TRACE          0x100
#define VCPU_CR3            0x110               // Vmx/VmxGuestState.cs
#define VCPU_CR4            0x118
#define VCPU_EFER           0x120
#define VCPU_CODE_ACCESS    0x128

#define TRACE_ENTRY         32                  // hv-core/BlackBox/TraceEntry.cs

// In a VMCB (Svm/Vmcb.cs, SvmExitCode.cs; APM 2 15.10.2)
#define VMCB_EXIT_CODE      0x070
#define VMCB_EXIT_INFO1     0x078
#define VMCB_EXIT_INFO2     0x080
#define VMCB_RIP            0x578
#define VMCB_RAX            0x5f8
#define EXIT_INTR           0x60
#define EXIT_CPUID          0x72
#define EXIT_IOIO           0x7b
#define EXIT_MSR            0x7c
#define EXIT_VMMCALL        0x81
#define IOIO_IN             0x01
#define IOIO_STRING         0x04

// A local APIC's page (SDM 3 table 11-1, figure 11-12)
#define APIC_ICR            0x300
#define APIC_ICR_HIGH       0x310
#define APIC_ICR_BUSY       0x1000
// A virtual one, behind its page (Apic/VirtualLocalApic.cs): the words of IRR that are not zero, the inbox's requests
#define APIC_PENDING        0x1020
#define APIC_INBOX          0x1070
#define X2APIC_EOI          0x80b
#define X2APIC_ICR          0x830
#define X2APIC_INITIAL_COUNT 0x838
// Of a VMCS (Vmx/VmcsField.cs, VmxExitReason.cs, PinControls.cs)
#define VMCS_ENTRY_INTERRUPTION 0x4016
#define VMCS_GUEST_PHYSICAL 0x2400
#define VMCS_GUEST_EFER     0x2806
#define VMCS_EXIT_REASON    0x4402
#define VMCS_INTERRUPTION   0x4404
#define VMCS_IDT_VECTORING  0x4408
#define VMCS_INSTRUCTION_LENGTH 0x440c
#define VMCS_GUEST_CS_ACCESS 0x4816
#define VMCS_GUEST_SS_ACCESS 0x4818
#define VMCS_INTERRUPTIBILITY 0x4824
#define VMCS_QUALIFICATION  0x6400
#define VMCS_GUEST_CR3      0x6802
#define VMCS_GUEST_CR4      0x6804
#define VMCS_GUEST_RSP      0x681c
#define VMCS_GUEST_RIP      0x681e
#define VMCS_GUEST_RFLAGS   0x6820
#define VMX_EXIT_INTERRUPT  1
#define VMX_EXIT_CPUID      10
#define VMX_EXIT_VMCALL     18
#define VMX_EXIT_IO         30
#define VMX_EXIT_RDMSR      31
#define VMX_EXIT_WRMSR      32
#define VMX_EXIT_EPT_VIOLATION 48
#define IO_IN               0x08                // SDM 3 table 27-5
#define IO_STRING           0x10
#define SHADOW              0x03                // of STI, of MOV SS (SDM 3 table 24-3)
#define PIN_PREEMPTION_TIMER 0x40
#define INTERRUPTION_VALID  0x80000000
#define RFLAGS_TF           0x100
#define RFLAGS_IF           0x200

// In the page at CPU_TABLES (Host/CpuTables.cs)
#define NMI_COUNT           0x0a0

// GDT selectors (Host/CpuTables.cs)
#define CODE_SELECTOR       0x08
#define DATA_SELECTOR       0x10
#define TSS_SELECTOR        0x18
// The boot GDT's 32-bit code, for the way from real mode
#define CODE32_SELECTOR     0x18
#define BOOT_GDT_SIZE       (4 * 8)

// Fields of what another CPU starts with (Secondary.S, ap_start)
#define AP_BASE             4
#define AP_INDEX            8
#define AP_TARGET           12
#define AP_GDT              20

// Boot page tables, in this order from boot_tables
#define BOOT_PML4           0x0000
#define BOOT_PDPT           0x1000              // the hypervisor's own: entry 510
#define BOOT_PD             0x2000
#define BOOT_PT             0x3000
#define BOOT_LOW_PDPT       0x4000              // one to one: the image, for the step over CR0.PG
#define BOOT_LOW_PD         0x5000
#define BOOT_TABLES_SIZE    0x6000

// Page table entries (SDM 3 4.5.4), accessed and dirty from the start
#define PTE_TABLE           0x023               // P, RW, A
#define PTE_RX              0x021
#define PTE_R               0x021               // + XD
#define PTE_RW              0x063               // + XD
#define PTE_LARGE           0x080
#define PTE_XD_HIGH         0x80000000          // bit 63, in the upper half

// SDM 3 2.5: PG, WP, NE, ET, MP, PE
#define CR0_VALUE           0x80010033
// OSXMMEXCPT, OSFXSR (the compiler copies structs through XMM registers), MCE, PAE
#define CR4_VALUE           0x660
#define CR4_SMEP            (1 << 20)
#define CR4_SMAP            (1 << 21)
#define MSR_EFER            0xc0000080
#define EFER_LME_NXE        0x900
