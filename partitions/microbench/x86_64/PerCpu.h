// One block for each vCPU: what its interrupt handlers stamp and the measuring loops read.
#define STAMP_ENTRY     0
#define STAMP_EOI       8
#define COUNT           16
#define REPLIES         24                  // VECTOR_REPLY taken
#define PER_CPU_SIZE    256                 // no false sharing

#define VECTOR_SELF     0x40
#define VECTOR_TIMER    0x41
#define VECTOR_PING     0x42                // to vCPU 1
#define VECTOR_REPLY    0x43                // and back to vCPU 0

#define APIC_PAGE       0xfee00000
#define APIC_EOI        0x0b0
#define APIC_ICR        0x300
#define APIC_ICR_HIGH   0x310
#define APIC_COUNT      0x380
#define MSR_X2          0x800
#define MSR_EOI         0x80b
#define MSR_ICR         0x830
#define MSR_COUNT       0x838
#define MSR_SELF_IPI    0x83f
#define MSR_DEADLINE    0x6e0
#define ICR_ASSERT      0x40000             // shorthand: self
