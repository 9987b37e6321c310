// One block for each vCPU, at TPIDR_EL1: what the interrupt handler stamps and the measuring loops read.
#define STAMP_ENTRY     0
#define STAMP_EOI       8
#define COUNT           16
#define PING_COUNT      24                  // SGI_PING taken
#define REPLY_COUNT     32                  // SGI_REPLY taken
#define PER_CPU_SIZE    256                 // no false sharing

#define SGI_SELF        1
#define SGI_PING        2
#define SGI_REPLY       3
#define PPI_VTIMER      27
