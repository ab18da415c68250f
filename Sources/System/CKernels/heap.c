#include "CKernels.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <stdint.h>
#include <sys/mman.h>
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

int vk_large_pages(size_t bytes) {
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)
    // The heap grows by as much as is asked for at once: it is made to grow here, told about, and given back untouched.
    enum { BLOCK = 1 << 24, MOST = 64, PAGE = 1 << 21 };
    if (mallopt(M_ARENA_MAX, 1) != 1) return 0;
    void *blocks[MOST];
    size_t count = bytes / BLOCK < MOST ? bytes / BLOCK : MOST, taken = 0;
    uintptr_t low = UINTPTR_MAX, high = 0;
    while (taken < count && (blocks[taken] = malloc(BLOCK))) {
        const uintptr_t start = (uintptr_t)blocks[taken++];
        low = start < low ? start : low;
        high = start + BLOCK > high ? start + BLOCK : high;
    }
    low = (low + PAGE - 1) / PAGE * PAGE;
    high = high / PAGE * PAGE;
    // One piece, or other things lie between the blocks.
    const int whole = taken > 0 && high > low && high - low <= taken * (size_t)(BLOCK + PAGE);
    const int told = whole && madvise((void *)low, high - low, MADV_HUGEPAGE) == 0;
    while (taken > 0) free(blocks[--taken]);
    return told;
#else
    (void)bytes;
    return 0;
#endif
}
