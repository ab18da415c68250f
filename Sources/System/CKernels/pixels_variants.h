// One body, compiled for every variant; the compiler vectorises each its own way.
#ifndef PIXELS_VARIANTS_H
#define PIXELS_VARIANTS_H

#include "CKernelsPixels.h"

#define BODY static inline __attribute__((always_inline))

// Defines `name(..., variant)` out of `name##_body(...)`.
#if VK_X86
#define VARIANTS(name, parameters, arguments, ...)                                 \
    static void name##_plain parameters { name##_body arguments; }                 \
    VK_TARGET_AVX2 static void name##_avx2 parameters { name##_body arguments; }     \
    VK_TARGET_AVX512 static void name##_avx512 parameters { name##_body arguments; } \
    void name(__VA_ARGS__, int32_t variant) {                                      \
        if (variant == VK_AVX512) name##_avx512 arguments;                         \
        else if (variant == VK_AVX2) name##_avx2 arguments;                        \
        else name##_plain arguments;                                               \
    }
#else
#define VARIANTS(name, parameters, arguments, ...)      \
    void name(__VA_ARGS__, int32_t variant) {           \
        (void)variant;                                  \
        name##_body arguments;                          \
    }
#endif

#endif
