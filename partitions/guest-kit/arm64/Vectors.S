// EL1 exception vectors that call C#: HandleSynchronous and the guest's own HandleInterrupt.
#include "Frame.h"

    .text
    .p2align 11
    .global vectors
vectors:
    unexpected_vector 0             // SP_EL0 is never selected
    unexpected_vector 1
    unexpected_vector 2
    unexpected_vector 3
    call_vector HandleSynchronous
    call_vector HandleInterrupt
    unexpected_vector 6             // FIQ: group 0 is not used
    unexpected_vector 7             // SError
    unexpected_vector 8             // there is no EL0
    unexpected_vector 9
    unexpected_vector 10
    unexpected_vector 11
    unexpected_vector 12
    unexpected_vector 13
    unexpected_vector 14
    unexpected_vector 15

return_from_exception:
    restore_frame
    eret
