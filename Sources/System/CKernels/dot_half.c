#include "CKernelsVariant.h"
#include "CKernelsVectors.h"
#include "half.h"

#if VK_X86
#include <immintrin.h>

static inline VK_TARGET_AVX2 __m256 eight(const uint16_t *halves) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)halves));
}

static inline VK_TARGET_AVX2 float sum_of_eight(__m256 values) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
    four = _mm_hadd_ps(four, four);
    return _mm_cvtss_f32(_mm_hadd_ps(four, four));
}

static VK_TARGET_AVX2 float dot_avx2(const uint16_t *a, const uint16_t *b, size_t count) {
    __m256 sum = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) sum = _mm256_fmadd_ps(eight(a + i), eight(b + i), sum);
    float total = sum_of_eight(sum);
    for (; i < count; i++) total += vk_half_value(a[i]) * vk_half_value(b[i]);
    return total;
}

static VK_TARGET_AVX2 float l2_avx2(const uint16_t *a, const uint16_t *b, size_t count) {
    __m256 sum = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256 apart = _mm256_sub_ps(eight(a + i), eight(b + i));
        sum = _mm256_fmadd_ps(apart, apart, sum);
    }
    float total = sum_of_eight(sum);
    for (; i < count; i++) {
        const float apart = vk_half_value(a[i]) - vk_half_value(b[i]);
        total += apart * apart;
    }
    return total;
}

static inline VK_TARGET_AVX512 __m512 sixteen(const uint16_t *halves, size_t left) {
    const __mmask16 mask = left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, halves));
}

static VK_TARGET_AVX512 float dot_avx512(const uint16_t *a, const uint16_t *b, size_t count) {
    __m512 sum = _mm512_setzero_ps();
    for (size_t i = 0; i < count; i += 16) {
        sum = _mm512_fmadd_ps(sixteen(a + i, count - i), sixteen(b + i, count - i), sum);
    }
    return _mm512_reduce_add_ps(sum);
}

static VK_TARGET_AVX512 float l2_avx512(const uint16_t *a, const uint16_t *b, size_t count) {
    __m512 sum = _mm512_setzero_ps();
    for (size_t i = 0; i < count; i += 16) {
        const __m512 apart = _mm512_sub_ps(sixteen(a + i, count - i), sixteen(b + i, count - i));
        sum = _mm512_fmadd_ps(apart, apart, sum);
    }
    return _mm512_reduce_add_ps(sum);
}

static VK_TARGET_AVX2 void from_float_f16c(const float *values, size_t count, uint16_t *halves) {
    for (size_t i = 0; i < count; i++) halves[i] = _cvtss_sh(values[i], 0);
}

static VK_TARGET_AVX2 void to_float_f16c(const uint16_t *halves, size_t count, float *values) {
    for (size_t i = 0; i < count; i++) values[i] = _cvtsh_ss(halves[i]);
}
#endif

float vk_dot_half(const uint16_t *a, const uint16_t *b, size_t count, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512) return dot_avx512(a, b, count);
    if (variant == VK_AVX2) return dot_avx2(a, b, count);
#endif
    (void)variant;
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += vk_half_value(a[i]) * vk_half_value(b[i]);
    return sum;
}

float vk_l2_half(const uint16_t *a, const uint16_t *b, size_t count, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512) return l2_avx512(a, b, count);
    if (variant == VK_AVX2) return l2_avx2(a, b, count);
#endif
    (void)variant;
    float sum = 0;
    for (size_t i = 0; i < count; i++) {
        const float apart = vk_half_value(a[i]) - vk_half_value(b[i]);
        sum += apart * apart;
    }
    return sum;
}

void vk_half_from_float(const float *values, size_t count, uint16_t *halves, int32_t variant) {
#if VK_X86
    if (variant != VK_PLAIN) {
        from_float_f16c(values, count, halves);
        return;
    }
#endif
    (void)variant;
    for (size_t i = 0; i < count; i++) halves[i] = vk_half_of(values[i]);
}

void vk_float_from_half(const uint16_t *halves, size_t count, float *values, int32_t variant) {
#if VK_X86
    if (variant != VK_PLAIN) {
        to_float_f16c(halves, count, values);
        return;
    }
#endif
    (void)variant;
    for (size_t i = 0; i < count; i++) values[i] = vk_half_value(halves[i]);
}
