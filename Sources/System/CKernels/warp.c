// Pictures sampled at any place: bilinear and bicubic, with borders and a mask of what lies inside.
#include "pixels_variants.h"

#include <math.h>
#include <string.h>

#if VK_X86
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

// Places farther out than this are treated as this far: every border has repeated by then, and integers hold it.
#define FAR 1000000.0f

// The index on one axis under a border, or -1 for a place that the constant fills.
BODY int32_t bordered(int32_t at, int32_t size, int32_t border) {
    if ((uint32_t)at < (uint32_t)size) return at;
    switch (border) {
    case VK_BORDER_REPLICATE: return at < 0 ? 0 : size - 1;
    case VK_BORDER_REFLECT: {
        if (size == 1) return 0;
        int32_t period = 2 * (size - 1);
        at %= period;
        if (at < 0) at += period;
        return at < size ? at : period - at;
    }
    case VK_BORDER_WRAP: at %= size; return at < 0 ? at + size : at;
    default: return -1;
    }
}

// Brings a coordinate into the range of integers; what is no number goes far out.
BODY float tamed(float v) { return v > FAR ? FAR : v > -FAR ? v : -FAR; }

BODY uint8_t inside(float x, float y, int32_t width, int32_t height) {
    return x >= 0 && y >= 0 && x <= (float)(width - 1) && y <= (float)(height - 1) ? 255 : 0;
}

BODY const uint8_t *pixel_u8(const vk_source_u8 *s, int32_t x, int32_t y) {
    x = bordered(x, s->width, s->border);
    y = bordered(y, s->height, s->border);
    return x < 0 || y < 0 ? s->fill : s->pixels + (ptrdiff_t)y * s->stride + (ptrdiff_t)x * s->samples;
}

BODY const float *pixel_f32(const vk_source_f32 *s, int32_t x, int32_t y) {
    x = bordered(x, s->width, s->border);
    y = bordered(y, s->height, s->border);
    return x < 0 || y < 0 ? s->fill : s->pixels + (ptrdiff_t)y * s->stride + (ptrdiff_t)x * s->samples;
}

// A place in 1/256 of a pixel.
typedef struct {
    int32_t x, y, fx, fy;
} place;

BODY place placed(float x, float y) {
    int32_t px = (int32_t)floorf(tamed(x) * 256.0f + 0.5f), py = (int32_t)floorf(tamed(y) * 256.0f + 0.5f);
    return (place){px >> 8, py >> 8, px & 255, py & 255};
}

BODY void blend_u8(const vk_source_u8 *s, place p, uint8_t *out) {
    const uint8_t *a = pixel_u8(s, p.x, p.y), *b = pixel_u8(s, p.x + 1, p.y);
    const uint8_t *c = pixel_u8(s, p.x, p.y + 1), *d = pixel_u8(s, p.x + 1, p.y + 1);
    for (int k = 0; k < s->samples; k++) {
        int32_t top = a[k] * (256 - p.fx) + b[k] * p.fx, bottom = c[k] * (256 - p.fx) + d[k] * p.fx;
        out[k] = (uint8_t)((top * (256 - p.fy) + bottom * p.fy + 32768) >> 16);
    }
}

static void bilinear_plain(
    const vk_source_u8 *s, const float *x, const float *y, uint8_t *out, uint8_t *mask, size_t count) {
    for (size_t i = 0; i < count; i++, out += s->samples) {
        blend_u8(s, placed(x[i], y[i]), out);
        if (mask) mask[i] = inside(x[i], y[i], s->width, s->height);
    }
}

#if VK_X86
// Three or four samples at once: 8 bytes of each of two rows hold both neighbours.
VK_TARGET_AVX2 static void bilinear_avx2(
    const vk_source_u8 *s, const float *x, const float *y, uint8_t *out, uint8_t *mask, size_t count) {
    const __m128i order = s->samples == 3
        ? _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1)
        : _mm_setr_epi8(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
    // The last pixels of the last row leave no 8 bytes to load: they go the plain way.
    const int32_t safe = s->width - (s->samples == 3 ? 3 : 2);
    for (size_t i = 0; i < count; i++, out += s->samples) {
        place p = placed(x[i], y[i]);
        if (mask) mask[i] = inside(x[i], y[i], s->width, s->height);
        if (p.x < 0 || p.y < 0 || p.x > safe || p.y > s->height - 2) {
            blend_u8(s, p, out);
            continue;
        }
        const uint8_t *from = s->pixels + (ptrdiff_t)p.y * s->stride + (ptrdiff_t)p.x * s->samples;
        __m128i columns = _mm_set1_epi32((256 - p.fx) | p.fx << 16);
        __m128i top = _mm_shuffle_epi8(_mm_loadl_epi64((const __m128i *)from), order);
        __m128i bottom = _mm_shuffle_epi8(_mm_loadl_epi64((const __m128i *)(from + s->stride)), order);
        top = _mm_mullo_epi32(_mm_madd_epi16(top, columns), _mm_set1_epi32(256 - p.fy));
        bottom = _mm_mullo_epi32(_mm_madd_epi16(bottom, columns), _mm_set1_epi32(p.fy));
        __m128i sum = _mm_srli_epi32(_mm_add_epi32(_mm_add_epi32(top, bottom), _mm_set1_epi32(32768)), 16);
        sum = _mm_packus_epi16(_mm_packus_epi32(sum, sum), sum);
        uint32_t pixel = (uint32_t)_mm_cvtsi128_si32(sum);
        out[0] = (uint8_t)pixel;
        out[1] = (uint8_t)(pixel >> 8);
        out[2] = (uint8_t)(pixel >> 16);
        if (s->samples == 4) out[3] = (uint8_t)(pixel >> 24);
    }
}
#endif

void vk_warp_bilinear_u8(
    const vk_source_u8 *source, const float *x, const float *y, uint8_t *out, uint8_t *mask, size_t count,
    int32_t variant) {
#if VK_X86
    if (variant >= VK_AVX2 && source->samples >= 3) {
        bilinear_avx2(source, x, y, out, mask, count);
        return;
    }
#endif
    (void)variant;
    bilinear_plain(source, x, y, out, mask, count);
}

// Sums of a row keep 6 bits behind the point, so that the second pass fits 32 bits. `samples` is a constant where this is
// inlined, and where all 16 pixels lie inside no border is asked for.
BODY void bicubic_u8(
    const vk_source_u8 *s, const int16_t *weights, const float *x, const float *y, uint8_t *out, uint8_t *mask,
    size_t count, int samples) {
    for (size_t i = 0; i < count; i++) {
        place p = placed(x[i], y[i]);
        const int16_t *wx = weights + p.fx * 4, *wy = weights + p.fy * 4;
        int32_t sums[4] = {0, 0, 0, 0};
        if (p.x > 0 && p.y > 0 && p.x < s->width - 2 && p.y < s->height - 2) {
            const uint8_t *from = s->pixels + (ptrdiff_t)(p.y - 1) * s->stride + (ptrdiff_t)(p.x - 1) * samples;
            for (int r = 0; r < 4; r++, from += s->stride)
                for (int k = 0; k < samples; k++) {
                    int32_t row = wx[0] * from[k] + wx[1] * from[samples + k] + wx[2] * from[2 * samples + k]
                        + wx[3] * from[3 * samples + k];
                    sums[k] += wy[r] * ((row + 128) >> 8);
                }
        } else {
            for (int r = 0; r < 4; r++) {
                int32_t row[4] = {0, 0, 0, 0};
                for (int c = 0; c < 4; c++) {
                    const uint8_t *from = pixel_u8(s, p.x + c - 1, p.y + r - 1);
                    for (int k = 0; k < samples; k++) row[k] += wx[c] * from[k];
                }
                for (int k = 0; k < samples; k++) sums[k] += wy[r] * ((row[k] + 128) >> 8);
            }
        }
        for (int k = 0; k < samples; k++) {
            int32_t value = (sums[k] + (1 << 19)) >> 20;
            *out++ = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
        if (mask) mask[i] = inside(x[i], y[i], s->width, s->height);
    }
}

void vk_warp_bicubic_u8(
    const vk_source_u8 *s, const int16_t *weights, const float *x, const float *y, uint8_t *out, uint8_t *mask,
    size_t count) {
    switch (s->samples) {
    case 1: bicubic_u8(s, weights, x, y, out, mask, count, 1); break;
    case 3: bicubic_u8(s, weights, x, y, out, mask, count, 3); break;
    default: bicubic_u8(s, weights, x, y, out, mask, count, s->samples);
    }
}

BODY void bilinear_f32(
    const vk_source_f32 *s, const float *x, const float *y, float *out, uint8_t *mask, size_t count, int samples) {
    for (size_t i = 0; i < count; i++) {
        float px = tamed(x[i]), py = tamed(y[i]);
        float left = floorf(px), above = floorf(py), fx = px - left, fy = py - above;
        int32_t ix = (int32_t)left, iy = (int32_t)above;
        const float *a, *b, *c, *d;
        if (ix >= 0 && iy >= 0 && ix < s->width - 1 && iy < s->height - 1) {
            a = s->pixels + (ptrdiff_t)iy * s->stride + (ptrdiff_t)ix * samples;
            b = a + samples;
            c = a + s->stride;
            d = c + samples;
        } else {
            a = pixel_f32(s, ix, iy), b = pixel_f32(s, ix + 1, iy);
            c = pixel_f32(s, ix, iy + 1), d = pixel_f32(s, ix + 1, iy + 1);
        }
        for (int k = 0; k < samples; k++) {
            float top = a[k] + (b[k] - a[k]) * fx, bottom = c[k] + (d[k] - c[k]) * fx;
            *out++ = top + (bottom - top) * fy;
        }
        if (mask) mask[i] = inside(x[i], y[i], s->width, s->height);
    }
}

void vk_warp_bilinear_f32(
    const vk_source_f32 *s, const float *x, const float *y, float *out, uint8_t *mask, size_t count) {
    switch (s->samples) {
    case 1: bilinear_f32(s, x, y, out, mask, count, 1); break;
    case 3: bilinear_f32(s, x, y, out, mask, count, 3); break;
    default: bilinear_f32(s, x, y, out, mask, count, s->samples);
    }
}

// Catmull-Rom: Keys 1981 with a = -1/2.
BODY void cubic(float t, float *w) {
    w[0] = ((-0.5f * t + 1.0f) * t - 0.5f) * t;
    w[1] = (1.5f * t - 2.5f) * t * t + 1.0f;
    w[2] = ((-1.5f * t + 2.0f) * t + 0.5f) * t;
    w[3] = (0.5f * t - 0.5f) * t * t;
}

void vk_warp_bicubic_f32(
    const vk_source_f32 *s, const float *x, const float *y, float *out, uint8_t *mask, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float px = tamed(x[i]), py = tamed(y[i]), wx[4], wy[4], sums[4] = {0, 0, 0, 0};
        float left = floorf(px), above = floorf(py);
        cubic(px - left, wx);
        cubic(py - above, wy);
        for (int r = 0; r < 4; r++) {
            float row[4] = {0, 0, 0, 0};
            for (int c = 0; c < 4; c++) {
                const float *from = pixel_f32(s, (int32_t)left + c - 1, (int32_t)above + r - 1);
                for (int k = 0; k < s->samples; k++) row[k] += wx[c] * from[k];
            }
            for (int k = 0; k < s->samples; k++) sums[k] += wy[r] * row[k];
        }
        for (int k = 0; k < s->samples; k++) *out++ = sums[k];
        if (mask) mask[i] = inside(x[i], y[i], s->width, s->height);
    }
}
