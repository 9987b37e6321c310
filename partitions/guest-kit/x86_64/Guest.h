#define LINK_BASE       0x200000            // guest.ld: BASE
#define STACK_SIZE      0x4000
#define MAX_VCPUS       2

#define CODE_SELECTOR   0x08
#define DATA_SELECTOR   0x10
#define CODE32_SELECTOR 0x18

// Where the other vCPUs start in real mode (Secondary.S): a page below 1 MiB.
#define TRAMPOLINE      0x8000
