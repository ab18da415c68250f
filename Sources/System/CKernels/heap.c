#include "CKernels.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

int vk_keep_heap(int32_t bytes) {
#ifdef __GLIBC__
    // 32 MiB is the largest threshold that the library takes; blocks above still come from the system each time.
    return mallopt(M_MMAP_THRESHOLD, 1 << 25) == 1 && mallopt(M_TRIM_THRESHOLD, bytes) == 1
        && mallopt(M_TOP_PAD, 1 << 24) == 1;
#else
    (void)bytes;
    return 0;
#endif
}
