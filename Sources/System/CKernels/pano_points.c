// Points of a scale space with directions and codes (Lowe 2004), and their even spread.
#include "CKernelsPanorama.h"
#include "pixels_variants.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// No point stands nearer to an edge than this: codes would see too little.
#define MARGIN 5

BODY void vk_subtract_f32_body(const float *a, const float *b, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = a[i] - b[i];
}
VARIANTS(
    vk_subtract_f32, (const float *a, const float *b, float *out, size_t count), (a, b, out, count), const float *a,
    const float *b, float *out, size_t count)

static int is_extremum(const float *const *d, int32_t layer, size_t width, size_t at) {
    const float v = d[layer][at];
    for (int32_t l = layer - 1; l <= layer + 1; l++) {
        for (int dy = -1; dy <= 1; dy++) {
            const float *row = d[l] + (ptrdiff_t)at + dy * (ptrdiff_t)width;
            for (int dx = -1; dx <= 1; dx++) {
                if (v > 0 ? row[dx] > v : row[dx] < v) return 0;
            }
        }
    }
    return 1;
}

// Solves the symmetric 3 x 3 system h o = -g by Cramer's rule; 0 when it has no answer.
static int offset(const float g[3], const float h[6], float o[3]) {
    const float xx = h[0], yy = h[1], ss = h[2], xy = h[3], xs = h[4], ys = h[5];
    const float a = yy * ss - ys * ys, b = xy * ss - ys * xs, c = xy * ys - yy * xs;
    const float det = xx * a - xy * b + xs * c;
    if (!(fabsf(det) > 1e-20f)) return 0;
    o[0] = -(g[0] * a - xy * (g[1] * ss - ys * g[2]) + xs * (g[1] * ys - yy * g[2])) / det;
    o[1] = -(xx * (g[1] * ss - ys * g[2]) - g[0] * b + xs * (xy * g[2] - g[1] * xs)) / det;
    o[2] = -(xx * (yy * g[2] - g[1] * ys) - xy * (xy * g[2] - g[1] * xs) + g[0] * c) / det;
    return 1;
}

static int refined(
    const float *const *d, int32_t layers, size_t width, size_t height, int32_t layer, size_t x, size_t y,
    float contrast, float edge_ratio, vk_scale_point *out) {
    float g[3], h[6], o[3];
    for (int step = 0; step < 5; step++) {
        const float *m = d[layer] + y * width + x, *u = d[layer + 1] + y * width + x, *b = d[layer - 1] + y * width + x;
        const ptrdiff_t w = (ptrdiff_t)width;
        g[0] = (m[1] - m[-1]) * 0.5f;
        g[1] = (m[w] - m[-w]) * 0.5f;
        g[2] = (u[0] - b[0]) * 0.5f;
        h[0] = m[1] + m[-1] - 2 * m[0];
        h[1] = m[w] + m[-w] - 2 * m[0];
        h[2] = u[0] + b[0] - 2 * m[0];
        h[3] = (m[w + 1] - m[w - 1] - m[-w + 1] + m[-w - 1]) * 0.25f;
        h[4] = (u[1] - u[-1] - b[1] + b[-1]) * 0.25f;
        h[5] = (u[w] - u[-w] - b[w] + b[-w]) * 0.25f;
        if (!offset(g, h, o)) return 0;
        if (fabsf(o[0]) <= 0.6f && fabsf(o[1]) <= 0.6f && fabsf(o[2]) <= 0.6f) {
            const float value = m[0] + 0.5f * (g[0] * o[0] + g[1] * o[1] + g[2] * o[2]);
            const float trace = h[0] + h[1], det = h[0] * h[1] - h[3] * h[3];
            if (!(fabsf(value) >= contrast) || !(det > 0)) return 0;
            if (trace * trace * edge_ratio >= (edge_ratio + 1) * (edge_ratio + 1) * det) return 0;
            *out = (vk_scale_point){(float)x + o[0], (float)y + o[1], (float)layer + o[2], fabsf(value)};
            return 1;
        }
        if (!(fabsf(o[0]) < 3 && fabsf(o[1]) < 3 && fabsf(o[2]) < 3)) return 0;
        const ptrdiff_t nx = (ptrdiff_t)x + (o[0] > 0.5f) - (o[0] < -0.5f);
        const ptrdiff_t ny = (ptrdiff_t)y + (o[1] > 0.5f) - (o[1] < -0.5f);
        layer += (o[2] > 0.5f) - (o[2] < -0.5f);
        if (layer < 1 || layer > layers - 2 || nx < MARGIN || ny < MARGIN || nx >= (ptrdiff_t)width - MARGIN
            || ny >= (ptrdiff_t)height - MARGIN) return 0;
        x = (size_t)nx;
        y = (size_t)ny;
    }
    return 0;
}

size_t vk_scale_points(
    const float *const *differences, int32_t layers, size_t width, size_t height, float contrast, float edge_ratio,
    vk_scale_point *out, size_t capacity) {
    size_t found = 0;
    if (width <= 2 * MARGIN || height <= 2 * MARGIN) return 0;
    const float least = 0.5f * contrast;
    for (int32_t layer = 1; layer < layers - 1; layer++) {
        for (size_t y = MARGIN; y < height - MARGIN; y++) {
            const float *row = differences[layer] + y * width;
            for (size_t x = MARGIN; x < width - MARGIN; x++) {
                const float v = row[x];
                if (fabsf(v) < least) continue;
                if (v > 0 ? (row[x - 1] > v || row[x + 1] > v) : (row[x - 1] < v || row[x + 1] < v)) continue;
                if (!is_extremum(differences, layer, width, y * width + x)) continue;
                if (found == capacity) return found;
                found += (size_t)refined(
                    differences, layers, width, height, layer, x, y, contrast, edge_ratio, out + found);
            }
        }
    }
    return found;
}

// atan2 in turns by a polynomial of degree 7 (error under 1e-4 turns), without branches.
BODY float turn_of(float y, float x) {
    const float ax = fabsf(x), ay = fabsf(y);
    const float high = ax > ay ? ax : ay, low = ax > ay ? ay : ax;
    const float a = low / (high > 1e-20f ? high : 1e-20f), s = a * a;
    float r = ((-0.0464964749f * s + 0.15931422f) * s - 0.327622764f) * s * a + a;
    r *= 0.15915494f;
    r = ay > ax ? 0.25f - r : r;
    r = x < 0 ? 0.5f - r : r;
    r = y < 0 ? 1.0f - r : r;
    return r >= 1.0f ? 0.0f : r;
}

BODY void polar_row(
    const float *above, const float *row, const float *below, float *restrict length, float *restrict turns,
    size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float dx = row[i + 1] - row[(ptrdiff_t)i - 1], dy = below[i] - above[i];
        length[i] = __builtin_elementwise_sqrt(dx * dx + dy * dy);
        turns[i] = turn_of(dy, dx);
    }
}

BODY void vk_gradient_polar_body(const float *image, size_t width, size_t height, float *length, float *turns) {
    memset(length, 0, width * height * sizeof(float));
    memset(turns, 0, width * height * sizeof(float));
    if (width < 3 || height < 3) return;
    for (size_t y = 1; y + 1 < height; y++) {
        const float *row = image + y * width + 1;
        polar_row(row - width, row, row + width, length + y * width + 1, turns + y * width + 1, width - 2);
    }
}
VARIANTS(
    vk_gradient_polar, (const float *image, size_t width, size_t height, float *length, float *turns),
    (image, width, height, length, turns), const float *image, size_t width, size_t height, float *length,
    float *turns)

// exp(-t) for 0 <= t <= 8 as (1 - t / 32)^32.
static inline float falling(float t) {
    float v = 1 - t * (1.0f / 32);
    v *= v;
    v *= v;
    v *= v;
    v *= v;
    return v * v;
}

// Whole numbers from ... to of the pixels within `radius` of `at`, one pixel inside the picture.
static inline void window(float at, float radius, size_t size, ptrdiff_t *from, ptrdiff_t *to) {
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

// One sample spread over the eight nearest bins.
static inline void spread(float bins[6][6][8], float r, float c, float o, float value) {
    const int ri = (int)floorf(r), ci = (int)floorf(c), oi = (int)o;
    const float fr = r - (float)ri, fc = c - (float)ci, fo = o - (float)oi;
    const float v1 = value * fr, v0 = value - v1;
    const float v11 = v1 * fc, v10 = v1 - v11, v01 = v0 * fc, v00 = v0 - v01;
    const int a = oi & 7, b = (oi + 1) & 7;
    float *p00 = bins[ri + 1][ci + 1], *p01 = bins[ri + 1][ci + 2], *p10 = bins[ri + 2][ci + 1],
          *p11 = bins[ri + 2][ci + 2];
    p00[b] += v00 * fo, p00[a] += v00 - v00 * fo;
    p01[b] += v01 * fo, p01[a] += v01 - v01 * fo;
    p10[b] += v10 * fo, p10[a] += v10 - v10 * fo;
    p11[b] += v11 * fo, p11[a] += v11 - v11 * fo;
}

static int32_t rooted(float v[128], uint8_t out[128]) {
    float squares = 0, sum = 0;
    for (int i = 0; i < 128; i++) squares += v[i] * v[i];
    const float limit = 0.2f * sqrtf(squares);
    for (int i = 0; i < 128; i++) {
        v[i] = v[i] > limit ? limit : v[i];
        sum += v[i];
    }
    const float scale = sum > 1e-12f ? 1 / sum : 0;
    int32_t norm = 0;
    for (int i = 0; i < 128; i++) {
        const int32_t code = (int32_t)(254 * sqrtf(v[i] * scale) + 0.5f);
        out[i] = (uint8_t)(code > 127 ? 127 : code);
        norm += out[i] * out[i];
    }
    return norm;
}

int32_t vk_gradient_code(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float turn,
    uint8_t out[128]) {
    float bins[6][6][8];
    memset(bins, 0, sizeof bins);
    const float cell = 3 * sigma, angle = turn * 6.2831853f, along = cosf(angle) / cell, across = sinf(angle) / cell;
    const float radius = cell * 3.5355339f;
    ptrdiff_t x0, x1, y0, y1;
    window(x, radius, width, &x0, &x1);
    window(y, radius, height, &y0, &y1);
    for (ptrdiff_t py = y0; py <= y1; py++) {
        const float dy = (float)py - y;
        for (ptrdiff_t px = x0; px <= x1; px++) {
            const float dx = (float)px - x, u = dx * along + dy * across, v = dy * along - dx * across;
            if (!(fabsf(u) < 2.5f && fabsf(v) < 2.5f)) continue;
            const size_t at = (size_t)py * width + (size_t)px;
            float o = turns[at] - turn;
            o = o < 0 ? o + 1 : o;
            spread(bins, v + 1.5f, u + 1.5f, o * 8, length[at] * falling((u * u + v * v) * 0.125f));
        }
    }
    float flat[128];
    for (int r = 0; r < 4; r++) {
        for (int c = 0; c < 4; c++) memcpy(flat + (r * 4 + c) * 8, bins[r + 1][c + 1], 8 * sizeof(float));
    }
    return rooted(flat, out);
}

BODY void vk_suppression_radii_body(
    const float *x, const float *y, const float *strength, size_t count, float margin, float *radius) {
    size_t stronger = 0;
    for (size_t i = 0; i < count; i++) {
        while (stronger < i && strength[stronger] * margin > strength[i]) stronger++;
        const float px = x[i], py = y[i];
        float nearest = INFINITY;
        for (size_t j = 0; j < stronger; j++) {
            const float dx = x[j] - px, dy = y[j] - py, square = dx * dx + dy * dy;
            nearest = square < nearest ? square : nearest;
        }
        radius[i] = nearest;
    }
}
VARIANTS(
    vk_suppression_radii,
    (const float *x, const float *y, const float *strength, size_t count, float margin, float *radius),
    (x, y, strength, count, margin, radius), const float *x, const float *y, const float *strength, size_t count,
    float margin, float *radius)
