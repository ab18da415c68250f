// Colour conversions a row at a time.
#include "pixels_variants.h"

#if VK_X86
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

BODY uint8_t clamped(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

BODY uint8_t luma(const uint8_t *p) { return (uint8_t)((77u * p[0] + 150u * p[1] + 29u * p[2] + 128u) >> 8); }

static void grey_plain(const uint8_t *row, uint8_t *out, size_t from, size_t width, int samples) {
    for (size_t x = from; x < width; x++) out[x] = luma(row + (size_t)samples * x);
}

#if VK_X86
// Sixteen pixels, four at a time as R G G B: 150 does not fit a signed byte and 77 + 150 not a sum of 16 bits, so green is
// counted as 51 beside red and as 99 beside blue. Each of the two sums is at most 255 * 128.
VK_TARGET_AVX2 static size_t grey_avx2(const uint8_t *row, uint8_t *out, size_t width, int samples) {
    const __m128i order = samples == 3 ? _mm_setr_epi8(0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11)
                                       : _mm_setr_epi8(0, 1, 1, 2, 4, 5, 5, 6, 8, 9, 9, 10, 12, 13, 13, 14);
    const __m128i weights = _mm_set1_epi32(77 | 51 << 8 | 99 << 16 | 29 << 24);
    const __m128i ones = _mm_set1_epi16(1), half = _mm_set1_epi32(128);
    const size_t step = 4 * (size_t)samples;
    size_t x = 0;
    // The last load of a step reads 16 bytes, of which 12 may be the row's.
    for (; x + 16 + 2 <= width; x += 16) {
        __m128i sums[4];
        for (int k = 0; k < 4; k++) {
            __m128i four = _mm_loadu_si128((const __m128i *)(row + x * (size_t)samples + (size_t)k * step));
            __m128i pairs = _mm_maddubs_epi16(_mm_shuffle_epi8(four, order), weights);
            sums[k] = _mm_srli_epi32(_mm_add_epi32(_mm_madd_epi16(pairs, ones), half), 8);
        }
        __m128i words = _mm_packus_epi32(sums[0], sums[1]), more = _mm_packus_epi32(sums[2], sums[3]);
        _mm_storeu_si128((__m128i *)(out + x), _mm_packus_epi16(words, more));
    }
    return x;
}
#endif

void vk_grey_from_rgb(const uint8_t *row, uint8_t *out, size_t width, int samples, int32_t variant) {
    size_t done = 0;
#if VK_X86
    if (variant >= VK_AVX2) done = grey_avx2(row, out, width, samples);
#endif
    (void)variant;
    grey_plain(row, out, done, width, samples);
}

BODY void vk_swap_red_blue_body(const uint8_t *row, uint8_t *out, size_t width, int samples) {
    for (size_t x = 0; x < width; x++, row += samples, out += samples) {
        uint8_t red = row[0], green = row[1], blue = row[2];
        out[0] = blue;
        out[1] = green;
        out[2] = red;
        if (samples == 4) out[3] = row[3];
    }
}

VARIANTS(
    vk_swap_red_blue, (const uint8_t *row, uint8_t *out, size_t width, int samples), (row, out, width, samples),
    const uint8_t *row, uint8_t *out, size_t width, int samples)

// ITU-T T.871 (JFIF), section 7, times 65,536.
BODY void vk_ycbcr_from_rgb_body(const uint8_t *restrict row, uint8_t *restrict out, size_t width) {
    for (size_t x = 0; x < width; x++) {
        int32_t r = row[3 * x], g = row[3 * x + 1], b = row[3 * x + 2];
        out[3 * x] = (uint8_t)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
        out[3 * x + 1] = clamped((-11059 * r - 21709 * g + 32768 * b + (128 << 16) + 32767) >> 16);
        out[3 * x + 2] = clamped((32768 * r - 27439 * g - 5329 * b + (128 << 16) + 32767) >> 16);
    }
}

VARIANTS(
    vk_ycbcr_from_rgb, (const uint8_t *row, uint8_t *out, size_t width), (row, out, width), const uint8_t *row,
    uint8_t *out, size_t width)

BODY void vk_rgb_from_ycbcr_body(const uint8_t *restrict row, uint8_t *restrict out, size_t width) {
    for (size_t x = 0; x < width; x++) {
        int32_t y = row[3 * x] << 16, cb = row[3 * x + 1] - 128, cr = row[3 * x + 2] - 128;
        out[3 * x] = clamped((y + 91881 * cr + 32768) >> 16);
        out[3 * x + 1] = clamped((y - 22554 * cb - 46802 * cr + 32768) >> 16);
        out[3 * x + 2] = clamped((y + 116130 * cb + 32768) >> 16);
    }
}

VARIANTS(
    vk_rgb_from_ycbcr, (const uint8_t *row, uint8_t *out, size_t width), (row, out, width), const uint8_t *row,
    uint8_t *out, size_t width)

// Division by 255, rounded to the nearest, without dividing: exact for 0...65,535.
BODY uint8_t over255(uint32_t value) {
    value += 128;
    return (uint8_t)((value + (value >> 8)) >> 8);
}

BODY void vk_premultiply_body(const uint8_t *restrict row, uint8_t *restrict out, size_t width) {
    for (size_t x = 0; x < width; x++) {
        uint32_t alpha = row[4 * x + 3];
        for (int c = 0; c < 3; c++) out[4 * x + c] = over255(row[4 * x + c] * alpha);
        out[4 * x + 3] = (uint8_t)alpha;
    }
}

VARIANTS(
    vk_premultiply, (const uint8_t *row, uint8_t *out, size_t width), (row, out, width), const uint8_t *row,
    uint8_t *out, size_t width)

void vk_unpremultiply(const uint8_t *row, uint8_t *out, size_t width) {
    for (size_t x = 0; x < width; x++, row += 4, out += 4) {
        uint32_t alpha = row[3];
        for (int c = 0; c < 3; c++) {
            uint32_t value = alpha == 0 ? 0 : (row[c] * 255u + alpha / 2) / alpha;
            out[c] = (uint8_t)(value > 255 ? 255 : value);
        }
        out[3] = (uint8_t)alpha;
    }
}

BODY void vk_flatten_body(
    const uint8_t *restrict row, uint8_t *restrict out, size_t width, uint8_t red, uint8_t green, uint8_t blue) {
    for (size_t x = 0; x < width; x++) {
        uint32_t alpha = row[4 * x + 3], rest = 255 - alpha;
        out[3 * x] = over255(row[4 * x] * alpha + red * rest);
        out[3 * x + 1] = over255(row[4 * x + 1] * alpha + green * rest);
        out[3 * x + 2] = over255(row[4 * x + 2] * alpha + blue * rest);
    }
}

VARIANTS(
    vk_flatten, (const uint8_t *row, uint8_t *out, size_t width, uint8_t red, uint8_t green, uint8_t blue),
    (row, out, width, red, green, blue), const uint8_t *row, uint8_t *out, size_t width, uint8_t red, uint8_t green,
    uint8_t blue)

BODY uint8_t sample_of(float light, const uint8_t *table) {
    float at = light * 4095.0f + 0.5f;
    return table[at < 0 ? 0 : at > 4095 ? 4095 : (int)at];
}

void vk_matrix_through_light(
    const uint8_t *row, uint8_t *out, size_t width, int samples, const float *light, const float *m,
    const uint8_t *sample_of_light) {
    const float *red = light, *green = light + 256, *blue = light + 512;
    for (size_t x = 0; x < width; x++, row += samples, out += samples) {
        float r = red[row[0]], g = green[row[1]], b = blue[row[2]];
        out[0] = sample_of(m[0] * r + m[1] * g + m[2] * b, sample_of_light);
        out[1] = sample_of(m[3] * r + m[4] * g + m[5] * b, sample_of_light);
        out[2] = sample_of(m[6] * r + m[7] * g + m[8] * b, sample_of_light);
        if (samples == 4) out[3] = row[3];
    }
}

BODY void vk_pack_planes_body(
    const uint8_t *restrict row, float *restrict out, size_t width, int samples, size_t plane, const float *scale,
    const float *offset) {
    for (int c = 0; c < 3; c++) {
        const uint8_t *from = row + (samples == 1 ? 0 : c);
        float *restrict to = out + (size_t)c * plane;
        float by = scale[c], plus = offset[c];
        if (samples == 3)
            for (size_t x = 0; x < width; x++) to[x] = (float)from[3 * x] * by + plus;
        else
            for (size_t x = 0; x < width; x++) to[x] = (float)from[(size_t)samples * x] * by + plus;
    }
}

VARIANTS(
    vk_pack_planes,
    (const uint8_t *row, float *out, size_t width, int samples, size_t plane, const float *scale, const float *offset),
    (row, out, width, samples, plane, scale, offset), const uint8_t *row, float *out, size_t width, int samples,
    size_t plane, const float *scale, const float *offset)
