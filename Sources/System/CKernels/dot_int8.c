#include "CKernelsVariant.h"
#include "CKernelsVectors.h"

#if VK_X86
#include <immintrin.h>

static inline VK_TARGET_AVX2 int32_t sum_of_eight(__m256i values) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1));
    four = _mm_hadd_epi32(four, four);
    return _mm_cvtsi128_si32(_mm_hadd_epi32(four, four));
}

static inline VK_TARGET_AVX2 __m256i widened(const int8_t *bytes) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

static VK_TARGET_AVX2 int32_t dot_avx2(const int8_t *a, const int8_t *b, size_t count) {
    __m256i sum = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(widened(a + i), widened(b + i)));
    }
    int32_t total = sum_of_eight(sum);
    for (; i < count; i++) total += a[i] * b[i];
    return total;
}

static VK_TARGET_AVX2 int32_t l2_avx2(const int8_t *a, const int8_t *b, size_t count) {
    __m256i sum = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i apart = _mm256_sub_epi16(widened(a + i), widened(b + i));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(apart, apart));
    }
    int32_t total = sum_of_eight(sum);
    for (; i < count; i++) total += (a[i] - b[i]) * (a[i] - b[i]);
    return total;
}

// One factor must be unsigned: a + 128 is, and 128 * b comes off again.
static VK_TARGET_AVX512 int32_t dot_avx512(const int8_t *a, const int8_t *b, size_t count) {
    const __m512i top = _mm512_set1_epi8((char)0x80);
    __m512i sum = _mm512_setzero_si512(), excess = _mm512_setzero_si512();
    for (size_t i = 0; i < count; i += 64) {
        const __mmask64 mask = count - i >= 64 ? ~0ull : (1ull << (count - i)) - 1;
        const __m512i first = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, a + i), top);
        const __m512i second = _mm512_maskz_loadu_epi8(mask, b + i);
        sum = _mm512_dpbusd_epi32(sum, first, second);
        excess = _mm512_dpbusd_epi32(excess, top, second);
    }
    return _mm512_reduce_add_epi32(_mm512_sub_epi32(sum, excess));
}

static VK_TARGET_AVX512 int32_t l2_avx512(const int8_t *a, const int8_t *b, size_t count) {
    __m512i sum = _mm512_setzero_si512();
    for (size_t i = 0; i < count; i += 32) {
        const __mmask32 mask = count - i >= 32 ? ~0u : (1u << (count - i)) - 1;
        const __m512i first = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, a + i));
        const __m512i second = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, b + i));
        const __m512i apart = _mm512_sub_epi16(first, second);
        sum = _mm512_dpwssd_epi32(sum, apart, apart);
    }
    return _mm512_reduce_add_epi32(sum);
}
#endif

int32_t vk_dot_int8(const int8_t *a, const int8_t *b, size_t count, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512) return dot_avx512(a, b, count);
    if (variant == VK_AVX2) return dot_avx2(a, b, count);
#endif
    (void)variant;
    int32_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

int32_t vk_l2_int8(const int8_t *a, const int8_t *b, size_t count, int32_t variant) {
#if VK_X86
    if (variant == VK_AVX512) return l2_avx512(a, b, count);
    if (variant == VK_AVX2) return l2_avx2(a, b, count);
#endif
    (void)variant;
    int32_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}
