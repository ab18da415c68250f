// Codes of 8 bits a value for walks, and of 4 bits more for ranking what the walks found.
#include <math.h>
#include <string.h>

#include "CKernelsVariant.h"
#include "CKernelsVectors.h"

#if VK_X86
#include <immintrin.h>
#endif

static float largest(const float *values, size_t count) {
    float most = 0;
    for (size_t i = 0; i < count; i++) most = fmaxf(most, fabsf(values[i]));
    return most;
}

static inline int clamped(long value, int low, int high) {
    return value < low ? low : value > high ? high : (int)value;
}

float vk_encode_int12(const float *values, size_t count, size_t stride, uint8_t *code, uint8_t *rest) {
    const float most = largest(values, count), per_unit = most > 0 ? 127 / most : 0;
    memset(code, 128, stride);
    memset(rest, 0, stride / 2);
    for (size_t i = 0; i < count; i++) {
        const float exact = values[i] * per_unit;
        const int whole = clamped(lrintf(exact), -127, 127);
        const int part = clamped(lrintf((exact - (float)whole) * 16), -8, 7);
        code[i] = (uint8_t)(whole + 128);
        rest[i / 2] |= (uint8_t)((part & 15) << (i % 2 * 4));
    }
    return most / 127;
}

static inline float value_at(const uint8_t *code, const uint8_t *rest, size_t i) {
    const int part = (rest[i / 2] >> (i % 2 * 4) & 15) ^ 8;
    return (float)(code[i] - 128) + (float)(part - 8) * 0.0625f;
}

void vk_decode_int12(const uint8_t *code, const uint8_t *rest, float scale, size_t count, float *values) {
    for (size_t i = 0; i < count; i++) values[i] = scale * value_at(code, rest, i);
}

float vk_encode_query(const float *values, size_t count, size_t stride, int8_t *bytes, int32_t *correction) {
    const float most = largest(values, count), per_unit = most > 0 ? 127 / most : 0;
    int32_t sum = 0;
    memset(bytes, 0, stride);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (int8_t)clamped(lrintf(values[i] * per_unit), -127, 127);
        sum += bytes[i];
    }
    *correction = 128 * sum;
    return most / 127;
}

#if VK_X86
// 16 values of a code: the low and high halves of 8 bytes side by side.
static inline VK_TARGET_AVX2 __m128i sixteen_rests(const uint8_t *rest) {
    const __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)rest), low = _mm_set1_epi8(15);
    const __m128i both = _mm_unpacklo_epi8(_mm_and_si128(bytes, low), _mm_and_si128(_mm_srli_epi16(bytes, 4), low));
    return _mm_sub_epi8(_mm_xor_si128(both, _mm_set1_epi8(8)), _mm_set1_epi8(8));
}

// Sixteenths of the scale, as 16-bit numbers.
static inline VK_TARGET_AVX2 __m256i sixteen_values(const uint8_t *code, const uint8_t *rest) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)code);
    const __m256i whole = _mm256_sub_epi16(_mm256_cvtepu8_epi16(bytes), _mm256_set1_epi16(128));
    return _mm256_add_epi16(_mm256_slli_epi16(whole, 4), _mm256_cvtepi8_epi16(sixteen_rests(rest)));
}

static VK_TARGET_AVX512 void dots_avx512(const uint8_t *code, const uint8_t *rest, size_t stride, const float *query,
                                         float *dot, float *length) {
    __m512 sum = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
    for (size_t i = 0; i < stride; i += 16) {
        const __m512 value = _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(sixteen_values(code + i, rest + i / 2)));
        sum = _mm512_fmadd_ps(value, _mm512_loadu_ps(query + i), sum);
        if (length) squares = _mm512_fmadd_ps(value, value, squares);
    }
    *dot = _mm512_reduce_add_ps(sum);
    if (length) *length = _mm512_reduce_add_ps(squares);
}

static inline VK_TARGET_AVX2 float sum_of_eight(__m256 values) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
    four = _mm_hadd_ps(four, four);
    return _mm_cvtss_f32(_mm_hadd_ps(four, four));
}

static VK_TARGET_AVX2 void dots_avx2(const uint8_t *code, const uint8_t *rest, size_t stride, const float *query,
                                     float *dot, float *length) {
    __m256 sum = _mm256_setzero_ps(), squares = _mm256_setzero_ps();
    for (size_t i = 0; i < stride; i += 16) {
        const __m256i values = sixteen_values(code + i, rest + i / 2);
        const __m256 low = _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm256_castsi256_si128(values)));
        const __m256 high = _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm256_extracti128_si256(values, 1)));
        sum = _mm256_fmadd_ps(low, _mm256_loadu_ps(query + i), sum);
        sum = _mm256_fmadd_ps(high, _mm256_loadu_ps(query + i + 8), sum);
        if (length) squares = _mm256_fmadd_ps(low, low, _mm256_fmadd_ps(high, high, squares));
    }
    *dot = sum_of_eight(sum);
    if (length) *length = sum_of_eight(squares);
}
#endif

static void dots_plain(const uint8_t *code, const uint8_t *rest, size_t stride, const float *query, float *dot,
                       float *length) {
    float sum = 0, squares = 0;
    for (size_t i = 0; i < stride; i++) {
        const float value = value_at(code, rest, i) * 16;
        sum += value * query[i];
        squares += value * value;
    }
    *dot = sum;
    if (length) *length = squares;
}

void vk_refined_dots(const uint8_t *codes, const uint8_t *rests, const float *scales, size_t stride,
                     const uint32_t *rows, size_t count, const float *query, float *dots, float *lengths,
                     int32_t variant) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *rest = rests + rows[i] * (stride / 2);
        for (size_t line = 0; line < stride / 2; line += 64) __builtin_prefetch(rest + line);
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = codes + rows[i] * stride, *rest = rests + rows[i] * (stride / 2);
        const float unit = scales[rows[i]] * 0.0625f;
        float *length = lengths ? lengths + i : 0;
#if VK_X86
        if (variant == VK_AVX512) dots_avx512(code, rest, stride, query, dots + i, length);
        else if (variant == VK_AVX2) dots_avx2(code, rest, stride, query, dots + i, length);
        else
#endif
            dots_plain(code, rest, stride, query, dots + i, length);
        dots[i] *= unit;
        if (length) *length *= unit * unit;
    }
    (void)variant;
}
