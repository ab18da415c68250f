#include "CKernelsVariant.h"
#include "CKernelsVectors.h"

#if VK_X86
#include <immintrin.h>

static VK_TARGET_AVX2 float dot_avx2(const float *a, const float *b, size_t count) {
    __m256 low = _mm256_setzero_ps(), high = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        low = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), low);
        high = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8), high);
    }
    const __m256 both = _mm256_add_ps(low, high);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(both), _mm256_extractf128_ps(both, 1));
    four = _mm_hadd_ps(four, four);
    float sum = _mm_cvtss_f32(_mm_hadd_ps(four, four));
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

static VK_TARGET_AVX512 float dot_avx512(const float *a, const float *b, size_t count) {
    __m512 low = _mm512_setzero_ps(), high = _mm512_setzero_ps();
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        low = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), low);
        high = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16), high);
    }
    for (; i < count; i += 16) {
        const __mmask16 mask = count - i >= 16 ? 0xFFFF : (__mmask16)((1u << (count - i)) - 1);
        low = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i), low);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(low, high));
}

static VK_TARGET_AVX2 float l2_avx2(const float *a, const float *b, size_t count) {
    __m256 low = _mm256_setzero_ps(), high = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256 first = _mm256_sub_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
        const __m256 second = _mm256_sub_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8));
        low = _mm256_fmadd_ps(first, first, low);
        high = _mm256_fmadd_ps(second, second, high);
    }
    const __m256 both = _mm256_add_ps(low, high);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(both), _mm256_extractf128_ps(both, 1));
    four = _mm_hadd_ps(four, four);
    float sum = _mm_cvtss_f32(_mm_hadd_ps(four, four));
    for (; i < count; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

static VK_TARGET_AVX512 float l2_avx512(const float *a, const float *b, size_t count) {
    __m512 sum = _mm512_setzero_ps();
    for (size_t i = 0; i < count; i += 16) {
        const __mmask16 mask = count - i >= 16 ? 0xFFFF : (__mmask16)((1u << (count - i)) - 1);
        const __m512 apart = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i));
        sum = _mm512_fmadd_ps(apart, apart, sum);
    }
    return _mm512_reduce_add_ps(sum);
}
#endif

float vk_dot_float(const float *a, const float *b, size_t count, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512) return dot_avx512(a, b, count);
    if (variant == VK_AVX2) return dot_avx2(a, b, count);
#endif
    (void)variant;
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

float vk_l2_float(const float *a, const float *b, size_t count, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512) return l2_avx512(a, b, count);
    if (variant == VK_AVX2) return l2_avx2(a, b, count);
#endif
    (void)variant;
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}
