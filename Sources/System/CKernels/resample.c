// The horizontal half of resampling with any window: each target pixel has its own start and its own weights.
#include "pixels_variants.h"

#if VK_X86
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

#define HALF 8192
#define SHIFT 14

BODY uint8_t clamped(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

static void columns_plain(
    const uint8_t *row, uint8_t *out, const int32_t *starts, const int16_t *weights, size_t taps, size_t width,
    int samples) {
    for (size_t x = 0; x < width; x++, weights += taps) {
        const uint8_t *from = row + (size_t)starts[x] * samples;
        for (int c = 0; c < samples; c++) {
            int32_t sum = HALF;
            for (size_t k = 0; k < taps; k++) sum += weights[k] * from[k * samples + c];
            *out++ = clamped(sum >> SHIFT);
        }
    }
}

#if VK_X86
// Four pixels a step: the lower half of the register holds pairs of pixels 0 and 1, the upper half of 2 and 3.
VK_TARGET_AVX2 static void columns_colour_avx2(
    const uint8_t *row, uint8_t *out, const int32_t *starts, const int16_t *weights, size_t taps, size_t width,
    int samples) {
    const __m256i of3 = _mm256_setr_epi8(
        0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,
        6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
    const __m256i of4 = _mm256_setr_epi8(
        0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
        8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1);
    const __m256i pairs = _mm256_setr_epi8(
        0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
    const __m256i order = samples == 3 ? of3 : of4;
    for (size_t x = 0; x < width; x++, weights += taps) {
        const uint8_t *from = row + (size_t)starts[x] * samples;
        __m256i sum = _mm256_setzero_si256();
        for (size_t k = 0; k < taps; k += 4, from += 4 * samples) {
            __m256i pixels = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)from));
            __m256i weight = _mm256_broadcastq_epi64(_mm_loadl_epi64((const __m128i *)(weights + k)));
            sum = _mm256_add_epi32(
                sum, _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, order), _mm256_shuffle_epi8(weight, pairs)));
        }
        __m128i both = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
        both = _mm_srai_epi32(_mm_add_epi32(both, _mm_set1_epi32(HALF)), SHIFT);
        both = _mm_packus_epi16(_mm_packs_epi32(both, both), both);
        uint32_t pixel = (uint32_t)_mm_cvtsi128_si32(both);
        out[0] = (uint8_t)pixel;
        out[1] = (uint8_t)(pixel >> 8);
        out[2] = (uint8_t)(pixel >> 16);
        if (samples == 4) out[3] = (uint8_t)(pixel >> 24);
        out += samples;
    }
}

VK_TARGET_AVX2 static void columns_grey_avx2(
    const uint8_t *row, uint8_t *out, const int32_t *starts, const int16_t *weights, size_t taps, size_t width) {
    for (size_t x = 0; x < width; x++, weights += taps) {
        const uint8_t *from = row + starts[x];
        __m128i sum = _mm_setzero_si128();
        for (size_t k = 0; k < taps; k += 8) {
            __m128i pixels = _mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)(from + k)));
            sum = _mm_add_epi32(sum, _mm_madd_epi16(pixels, _mm_loadu_si128((const __m128i *)(weights + k))));
        }
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
        out[x] = clamped((_mm_cvtsi128_si32(sum) + HALF) >> SHIFT);
    }
}
#endif

void vk_resample_columns_u8(const uint8_t *row, uint8_t *out, const int32_t *starts, const int16_t *weights, size_t taps,
    size_t width, int samples, int32_t variant) {
#if VK_X86
    if (variant >= VK_AVX2 && samples == 1) {
        columns_grey_avx2(row, out, starts, weights, taps, width);
        return;
    }
    if (variant >= VK_AVX2 && samples >= 3) {
        columns_colour_avx2(row, out, starts, weights, taps, width, samples);
        return;
    }
#endif
    (void)variant;
    columns_plain(row, out, starts, weights, taps, width, samples);
}

void vk_resample_columns_f32(
    const float *row, float *out, const int32_t *starts, const float *weights, size_t taps, size_t width, int samples) {
    for (size_t x = 0; x < width; x++, weights += taps) {
        const float *from = row + (size_t)starts[x] * samples;
        for (int c = 0; c < samples; c++) {
            float sum = 0;
            for (size_t k = 0; k < taps; k++) sum += weights[k] * from[k * samples + c];
            *out++ = sum;
        }
    }
}
