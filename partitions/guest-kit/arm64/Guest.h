#define LINK_BASE       0x2000000000        // guest.ld: BASE
#define STACK_SIZE      0x4000
#define MAX_VCPUS       2
