// Codes of 4 bits a value for looking at all rows, and of 8 bits more for ranking what was found.
#include <math.h>
#include <string.h>

#include "CKernelsVariant.h"
#include "CKernelsVectors.h"

#if VK_X86
#include <immintrin.h>
#endif

static inline int clamped(long value, int low, int high) {
    return value < low ? low : value > high ? high : (int)value;
}

// Values lie in groups of 128 on a cache line: of byte j the low half is value j, the high half value 64 + j.
static inline size_t byte_of(size_t i) { return i / 128 * 64 + i % 64; }
static inline int shift_of(size_t i) { return i / 64 % 2 * 4; }
static inline int whole_at(const uint8_t *code, size_t i) { return (code[byte_of(i)] >> shift_of(i) & 15) - 8; }

float vk_encode_int4(const float *values, size_t count, size_t stride, uint8_t *code, uint8_t *rest) {
    float most = 0;
    for (size_t i = 0; i < count; i++) most = fmaxf(most, fabsf(values[i]));
    const float per_unit = most > 0 ? 7 / most : 0;
    memset(code, 0x88, stride);
    memset(rest, 0, stride * 2);
    for (size_t i = 0; i < count; i++) {
        const float exact = values[i] * per_unit;
        const int whole = clamped(lrintf(exact), -7, 7);
        const int part = clamped(lrintf((exact - (float)whole) * 256), -128, 127);
        uint8_t *byte = code + byte_of(i);
        *byte = (uint8_t)((*byte & ~(15 << shift_of(i))) | (whole + 8) << shift_of(i));
        rest[i] = (uint8_t)part;
    }
    return most / 7;
}

void vk_decode_int4(const uint8_t *code, const uint8_t *rest, float scale, size_t count, float *values) {
    for (size_t i = 0; i < count; i++) {
        values[i] = scale * ((float)whole_at(code, i) + (float)(int8_t)rest[i] * 0.00390625f);
    }
}

static void dots_plain(const uint8_t *code, const uint8_t *rest, size_t stride, const float *query, float *dot,
                       float *length) {
    float sum = 0, squares = 0;
    for (size_t i = 0; i < stride * 2; i++) {
        const float value = (float)(whole_at(code, i) * 256 + (int8_t)rest[i]);
        sum += value * query[i];
        squares += value * value;
    }
    *dot = sum;
    *length = squares;
}

#if VK_X86
// 8 values as 256ths of the scale.
static inline VK_TARGET_AVX2 __m256 eight_values(__m128i halves, const uint8_t *rest) {
    const __m128i parts = _mm_loadl_epi64((const __m128i *)(const void *)rest);
    const __m256i whole = _mm256_sub_epi32(_mm256_cvtepu8_epi32(halves), _mm256_set1_epi32(8));
    return _mm256_cvtepi32_ps(_mm256_add_epi32(_mm256_slli_epi32(whole, 8), _mm256_cvtepi8_epi32(parts)));
}

static inline VK_TARGET_AVX2 float sum_of_eight(__m256 values) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
    four = _mm_hadd_ps(four, four);
    return _mm_cvtss_f32(_mm_hadd_ps(four, four));
}

static VK_TARGET_AVX2 void dots_avx2(const uint8_t *code, const uint8_t *rest, size_t stride, const float *query,
                                     float *dot, float *length) {
    const __m128i low = _mm_set1_epi8(15);
    __m256 sum = _mm256_setzero_ps(), squares = _mm256_setzero_ps();
    for (size_t j = 0; j < stride; j += 8) {
        const size_t i = j / 64 * 128 + j % 64;
        const __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)(code + j));
        const __m256 first = eight_values(_mm_and_si128(bytes, low), rest + i);
        const __m256 second = eight_values(_mm_and_si128(_mm_srli_epi16(bytes, 4), low), rest + i + 64);
        sum = _mm256_fmadd_ps(first, _mm256_loadu_ps(query + i), sum);
        sum = _mm256_fmadd_ps(second, _mm256_loadu_ps(query + i + 64), sum);
        squares = _mm256_fmadd_ps(first, first, _mm256_fmadd_ps(second, second, squares));
    }
    *dot = sum_of_eight(sum);
    *length = sum_of_eight(squares);
}
#endif

void vk_refined_dots_int4(const uint8_t *codes, const uint8_t *rests, const float *scales, size_t stride,
                          const uint32_t *rows, size_t count, const float *query, float *dots, float *lengths,
                          int32_t variant) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *rest = rests + rows[i] * (stride * 2);
        for (size_t line = 0; line < stride * 2 && line < 512; line += 64) __builtin_prefetch(rest + line);
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = codes + rows[i] * stride, *rest = rests + rows[i] * (stride * 2);
        const float unit = scales[rows[i]] * 0.00390625f;
        float length;
#if VK_X86
        if (variant != VK_PLAIN) dots_avx2(code, rest, stride, query, dots + i, &length);
        else
#endif
            dots_plain(code, rest, stride, query, dots + i, &length);
        dots[i] *= unit;
        if (lengths) lengths[i] = length * unit * unit;
    }
    (void)variant;
}
