// Directions and codes of points of a scale space (Lowe 2004, sections 5 and 6).
#include "CKernelsPanorama.h"
#include "pixels_variants.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// exp(-t) for 0 <= t <= 8 as (1 - t / 32)^32.
BODY float falling(float t) {
    float v = 1 - t * (1.0f / 32);
    v *= v;
    v *= v;
    v *= v;
    v *= v;
    return v * v;
}

// Whole numbers from ... to of the pixels within `radius` of `at`, one pixel inside the picture.
BODY void window(float at, float radius, size_t size, ptrdiff_t *from, ptrdiff_t *to) {
    *from = (ptrdiff_t)ceilf(at - radius);
    *to = (ptrdiff_t)floorf(at + radius);
    if (*from < 1) *from = 1;
    if (*to > (ptrdiff_t)size - 2) *to = (ptrdiff_t)size - 2;
}

int32_t vk_dominant_turns(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float out[4]) {
    float raw[36] = {0}, soft[36];
    const float wide = 1.5f * sigma, radius = 3 * wide, scale = 0.5f / (wide * wide);
    ptrdiff_t x0, x1, y0, y1;
    window(x, radius, width, &x0, &x1);
    window(y, radius, height, &y0, &y1);
    for (ptrdiff_t py = y0; py <= y1; py++) {
        const float dy = (float)py - y;
        for (ptrdiff_t px = x0; px <= x1; px++) {
            const float dx = (float)px - x, square = dx * dx + dy * dy;
            if (square > radius * radius) continue;
            const size_t at = (size_t)py * width + (size_t)px;
            int bin = (int)(turns[at] * 36 + 0.5f);
            if (bin >= 36) bin -= 36;
            raw[bin] += length[at] * falling(square * scale);
        }
    }
    float top = 0;
    for (int i = 0; i < 36; i++) {
        soft[i] = (raw[(i + 34) % 36] + raw[(i + 2) % 36]) * (1.0f / 16)
            + (raw[(i + 35) % 36] + raw[(i + 1) % 36]) * (4.0f / 16) + raw[i] * (6.0f / 16);
        if (soft[i] > top) top = soft[i];
    }
    int32_t found = 0;
    if (!(top > 0)) return 0;
    for (int i = 0; i < 36 && found < 4; i++) {
        const float left = soft[(i + 35) % 36], here = soft[i], right = soft[(i + 1) % 36];
        if (here <= left || here < right || here < 0.8f * top) continue;
        const float bend = left - 2 * here + right;
        const float at = ((float)i + (bend < 0 ? 0.5f * (left - right) / bend : 0)) / 36;
        out[found++] = at < 0 ? at + 1 : at >= 1 ? at - 1 : at;
    }
    return found;
}

// Clipped at 0.2 of the length, divided by the sum, and the root of that.
BODY void root(float v[128]) {
    float squares = 0, sum = 0;
    for (int i = 0; i < 128; i++) squares += v[i] * v[i];
    const float limit = 0.2f * sqrtf(squares);
    for (int i = 0; i < 128; i++) {
        v[i] = v[i] > limit ? limit : v[i];
        sum += v[i];
    }
    const float scale = sum > 1e-12f ? 1 / sum : 0;
    for (int i = 0; i < 128; i++) v[i] = sqrtf(v[i] * scale);
}

BODY int32_t rounded(const float v[128], uint8_t out[128]) {
    int32_t norm = 0;
    for (int i = 0; i < 128; i++) {
        const int32_t code = (int32_t)(254 * v[i] + 0.5f);
        out[i] = (uint8_t)(code > 127 ? 127 : code);
        norm += out[i] * out[i];
    }
    return norm;
}

// Narrows a row from ... to (offsets to the point) to where `start + offset * slope` may be within 2.5.
BODY void narrow(float start, float slope, float *from, float *to) {
    if (fabsf(slope) < 1e-6f) return;
    const float one = (-2.5f - start) / slope, other = (2.5f - start) / slope;
    const float low = one < other ? one : other, high = one < other ? other : one;
    if (low > *from) *from = low;
    if (high < *to) *to = high;
}

typedef float eight __attribute__((vector_size(32)));
typedef uint32_t masks __attribute__((vector_size(32)));

// Pixels of a row that are prepared together.
#define STRIP 64

// What pixels of a strip add: which cell, how far into it, which direction (eighths of a turn) and how much.
typedef struct {
    int32_t cell[STRIP];
    float down[STRIP], right[STRIP], eighth[STRIP], value[STRIP];
} samples;

// Adds a sample to the eight nearest bins. Of two neighbouring directions each gets 1 less its distance, all others none.
BODY void spread(eight bins[36], const samples *strip, size_t i) {
    const eight middles = {0, 1, 2, 3, 4, 5, 6, 7};
    const eight far = (eight)((masks)(strip->eighth[i] - middles) & 0x7fffffff), back = 8 - far;
    const eight shares = __builtin_elementwise_max(1 - __builtin_elementwise_min(far, back), (eight){0});
    const float v1 = strip->value[i] * strip->down[i], v0 = strip->value[i] - v1;
    const float v11 = v1 * strip->right[i], v10 = v1 - v11, v01 = v0 * strip->right[i], v00 = v0 - v01;
    eight *cell = bins + strip->cell[i];
    cell[0] += v00 * shares;
    cell[1] += v01 * shares;
    cell[6] += v10 * shares;
    cell[7] += v11 * shares;
}

BODY void gather(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float turn,
    float flat[128]) {
    // Neighbours in a row mostly hit the same cell: two sets of bins take turns, so that no sum waits for the one before.
    eight bins[2][36];
    memset(bins, 0, sizeof bins);
    const float cell = 3 * sigma, angle = turn * 6.2831853f, along = cosf(angle) / cell, across = sinf(angle) / cell;
    const float radius = cell * 3.5355339f;
    ptrdiff_t x0, x1, y0, y1;
    window(x, radius, width, &x0, &x1);
    window(y, radius, height, &y0, &y1);
    samples strip;
    for (ptrdiff_t py = y0; py <= y1; py++) {
        const float dy = (float)py - y, u0 = dy * across, v0 = dy * along;
        float low = (float)x0 - x, high = (float)x1 - x;
        narrow(u0, along, &low, &high);
        narrow(v0, -across, &low, &high);
        // A pixel more on each side, for rounding.
        const ptrdiff_t left = (ptrdiff_t)(x + low) > x0 ? (ptrdiff_t)(x + low) : x0;
        const ptrdiff_t right = (ptrdiff_t)(x + high) + 1 < x1 ? (ptrdiff_t)(x + high) + 1 : x1;
        for (ptrdiff_t px = left; px <= right; px += STRIP) {
            const size_t wide = right - px + 1 < STRIP ? (size_t)(right - px + 1) : STRIP;
            const float *long_here = length + (size_t)py * width + (size_t)px;
            const float *turns_here = turns + (size_t)py * width + (size_t)px;
            size_t from = wide, to = 0;
            for (size_t i = 0; i < wide; i++) {
                const float dx = (float)(px + (ptrdiff_t)i) - x, u = u0 + dx * along, v = v0 - dx * across;
                const float c = u + 2.5f, r = v + 2.5f, o = turns_here[i] - turn;
                const int inside = (c > 0) & (c < 5) & (r > 0) & (r < 5);
                const int32_t ci = (int32_t)__builtin_elementwise_min(__builtin_elementwise_max(c, 0.0f), 4.5f);
                const int32_t ri = (int32_t)__builtin_elementwise_min(__builtin_elementwise_max(r, 0.0f), 4.5f);
                const float value = long_here[i] * falling((u * u + v * v) * 0.125f);
                strip.cell[i] = ri * 6 + ci;
                strip.right[i] = c - (float)ci;
                strip.down[i] = r - (float)ri;
                strip.eighth[i] = (o + (o < 0 ? 1.0f : 0.0f)) * 8;
                strip.value[i] = inside ? value : -1;
            }
            while (to < wide && strip.value[to] < 0) to++;
            from = to;
            while (to < wide && strip.value[to] >= 0) to++;
            for (size_t i = from; i < to; i++) spread(bins[i & 1], &strip, i);
        }
    }
    for (int r = 0; r < 4; r++) {
        for (int c = 0; c < 4; c++) {
            const eight sum = bins[0][(r + 1) * 6 + c + 1] + bins[1][(r + 1) * 6 + c + 1];
            memcpy(flat + (r * 4 + c) * 8, &sum, sizeof sum);
        }
    }
}

void vk_gradient_roots(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float turn,
    float out[128]) {
    gather(length, turns, width, height, x, y, sigma, turn, out);
    root(out);
}

BODY void vk_gradient_code_body(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float turn,
    uint8_t *out, int32_t *norm) {
    float flat[128];
    gather(length, turns, width, height, x, y, sigma, turn, flat);
    root(flat);
    *norm = rounded(flat, out);
}
VARIANTS(
    vk_gradient_code,
    (const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float turn,
     uint8_t *out, int32_t *norm),
    (length, turns, width, height, x, y, sigma, turn, out, norm), const float *length, const float *turns, size_t width,
    size_t height, float x, float y, float sigma, float turn, uint8_t *out, int32_t *norm)
