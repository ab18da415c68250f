// Weighted sums of rows: both halves of separable filters, and the vertical half of resampling.
#include "pixels_variants.h"

#if VK_X86
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

#define HALF 8192
#define SHIFT 14

BODY uint8_t clamped(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

static void weighted_plain(
    const uint8_t *const *rows, const int16_t *weights, size_t taps, uint8_t *out, size_t from, size_t count) {
    for (size_t i = from; i < count; i++) {
        int32_t sum = HALF;
        for (size_t k = 0; k < taps; k++) sum += weights[k] * rows[k][i];
        out[i] = clamped(sum >> SHIFT);
    }
}

#if VK_X86
// Two rows at a time: bytes interleaved, widened, and multiplied as pairs. Packing undoes the order of unpacking.
VK_TARGET_AVX2 static size_t weighted_avx2(
    const uint8_t *const *rows, const int16_t *weights, size_t taps, uint8_t *out, size_t count) {
    const __m256i zero = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        __m256i a = _mm256_set1_epi32(HALF), b = a, c = a, d = a;
        for (size_t k = 0; k < taps; k += 2) {
            __m256i one = _mm256_loadu_si256((const __m256i *)(rows[k] + i));
            __m256i two = k + 1 < taps ? _mm256_loadu_si256((const __m256i *)(rows[k + 1] + i)) : zero;
            uint32_t pair = (uint16_t)weights[k] | (k + 1 < taps ? (uint32_t)(uint16_t)weights[k + 1] << 16 : 0);
            __m256i weight = _mm256_set1_epi32((int32_t)pair);
            __m256i low = _mm256_unpacklo_epi8(one, two), high = _mm256_unpackhi_epi8(one, two);
            a = _mm256_add_epi32(a, _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), weight));
            b = _mm256_add_epi32(b, _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), weight));
            c = _mm256_add_epi32(c, _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), weight));
            d = _mm256_add_epi32(d, _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), weight));
        }
        __m256i low = _mm256_packs_epi32(_mm256_srai_epi32(a, SHIFT), _mm256_srai_epi32(b, SHIFT));
        __m256i high = _mm256_packs_epi32(_mm256_srai_epi32(c, SHIFT), _mm256_srai_epi32(d, SHIFT));
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_packus_epi16(low, high));
    }
    return i;
}

VK_TARGET_AVX512 static size_t weighted_avx512(
    const uint8_t *const *rows, const int16_t *weights, size_t taps, uint8_t *out, size_t count) {
    const __m512i zero = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m512i a = _mm512_set1_epi32(HALF), b = a, c = a, d = a;
        for (size_t k = 0; k < taps; k += 2) {
            __m512i one = _mm512_loadu_si512(rows[k] + i);
            __m512i two = k + 1 < taps ? _mm512_loadu_si512(rows[k + 1] + i) : zero;
            uint32_t pair = (uint16_t)weights[k] | (k + 1 < taps ? (uint32_t)(uint16_t)weights[k + 1] << 16 : 0);
            __m512i weight = _mm512_set1_epi32((int32_t)pair);
            __m512i low = _mm512_unpacklo_epi8(one, two), high = _mm512_unpackhi_epi8(one, two);
            a = _mm512_add_epi32(a, _mm512_madd_epi16(_mm512_unpacklo_epi8(low, zero), weight));
            b = _mm512_add_epi32(b, _mm512_madd_epi16(_mm512_unpackhi_epi8(low, zero), weight));
            c = _mm512_add_epi32(c, _mm512_madd_epi16(_mm512_unpacklo_epi8(high, zero), weight));
            d = _mm512_add_epi32(d, _mm512_madd_epi16(_mm512_unpackhi_epi8(high, zero), weight));
        }
        __m512i low = _mm512_packs_epi32(_mm512_srai_epi32(a, SHIFT), _mm512_srai_epi32(b, SHIFT));
        __m512i high = _mm512_packs_epi32(_mm512_srai_epi32(c, SHIFT), _mm512_srai_epi32(d, SHIFT));
        _mm512_storeu_si512(out + i, _mm512_packus_epi16(low, high));
    }
    return i;
}
#endif

void vk_weighted_rows_u8(const uint8_t *const *rows, const int16_t *weights, size_t taps, uint8_t *out, size_t count, int32_t variant) {
    size_t done = 0;
#if VK_X86
    if (variant == VK_AVX512) done = weighted_avx512(rows, weights, taps, out, count);
    else if (variant == VK_AVX2) done = weighted_avx2(rows, weights, taps, out, count);
#endif
    (void)variant;
    weighted_plain(rows, weights, taps, out, done, count);
}

// Sixteen floats that may stand anywhere; the compiler splits them for narrower registers.
typedef float lanes __attribute__((vector_size(64), aligned(4)));

// Sums of 64 places stay in registers while the rows go by.
BODY void vk_weighted_rows_f32_body(
    const float *const *rows, const float *weights, size_t taps, float *restrict out, size_t count) {
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        lanes a = {0}, b = {0}, c = {0}, d = {0};
        for (size_t k = 0; k < taps; k++) {
            const lanes *row = (const lanes *)(rows[k] + i);
            a += row[0] * weights[k];
            b += row[1] * weights[k];
            c += row[2] * weights[k];
            d += row[3] * weights[k];
        }
        lanes *to = (lanes *)(out + i);
        to[0] = a;
        to[1] = b;
        to[2] = c;
        to[3] = d;
    }
    for (; i < count; i++) {
        float sum = 0;
        for (size_t k = 0; k < taps; k++) sum += weights[k] * rows[k][i];
        out[i] = sum;
    }
}

VARIANTS(
    vk_weighted_rows_f32,
    (const float *const *rows, const float *weights, size_t taps, float *out, size_t count),
    (rows, weights, taps, out, count), const float *const *rows, const float *weights, size_t taps, float *out,
    size_t count)

#define ORDER(a, b)                    \
    {                                  \
        uint8_t low = a < b ? a : b;   \
        uint8_t high = a < b ? b : a;  \
        a = low;                       \
        b = high;                      \
    }

// Nineteen exchanges (Paeth 1990, Graphics Gems, "Median finding on a 3 x 3 grid").
BODY void vk_median9_u8_body(const uint8_t *const *rows, uint8_t *restrict out, size_t count) {
    const uint8_t *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3], *r4 = rows[4], *r5 = rows[5],
                  *r6 = rows[6], *r7 = rows[7], *r8 = rows[8];
    for (size_t i = 0; i < count; i++) {
        uint8_t a = r0[i], b = r1[i], c = r2[i], d = r3[i], e = r4[i], f = r5[i], g = r6[i], h = r7[i], j = r8[i];
        ORDER(b, c) ORDER(e, f) ORDER(h, j) ORDER(a, b) ORDER(d, e) ORDER(g, h) ORDER(b, c) ORDER(e, f) ORDER(h, j)
        ORDER(a, d) ORDER(f, j) ORDER(e, h) ORDER(d, g) ORDER(b, e) ORDER(c, f) ORDER(e, h) ORDER(e, c) ORDER(g, e)
        ORDER(e, c)
        out[i] = e;
    }
}

VARIANTS(
    vk_median9_u8, (const uint8_t *const *rows, uint8_t *out, size_t count), (rows, out, count),
    const uint8_t *const *rows, uint8_t *out, size_t count)
