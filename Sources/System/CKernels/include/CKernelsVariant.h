// Which bodies of a kernel this processor can run.
#ifndef VITRINE_CKERNELS_VARIANT_H
#define VITRINE_CKERNELS_VARIANT_H

#include <stdint.h>

// Every kernel takes the variant as its last argument, so that one process can compare them.
// A caller passes only variants up to vk_best_variant(): the bodies do not check again.
enum {
    VK_PLAIN = 0,
    VK_AVX2 = 1,    // AVX2, FMA, F16C, POPCNT
    VK_AVX512 = 2,  // AVX-512 F, BW, DQ, VL, VBMI, VNNI, VPOPCNTDQ: Ice Lake, Zen 4 and newer
};

// The widest variant that the processor and the operating system support.
int32_t vk_best_variant(void);

// For a body's definition; other processors see plain C alone.
#if defined(__x86_64__)
#define VK_X86 1
#define VK_TARGET_AVX2 __attribute__((target("avx2,fma,f16c,popcnt,bmi,bmi2,lzcnt")))
#define VK_TARGET_AVX512                                                                                     \
    __attribute__((target("avx2,fma,f16c,popcnt,bmi,bmi2,lzcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi," \
                          "avx512vnni,avx512vpopcntdq")))
#else
#define VK_X86 0
#endif

#endif
