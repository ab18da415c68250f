#include "CKernelsVariant.h"

int32_t vk_best_variant(void) {
#if VK_X86
    __builtin_cpu_init();
    const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi2");
    const int has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni")
        && __builtin_cpu_supports("avx512vpopcntdq");
    if (has_avx2 && has_avx512) return VK_AVX512;
    if (has_avx2) return VK_AVX2;
#endif
    return VK_PLAIN;
}
