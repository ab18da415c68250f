// Points of a scale space (Lowe 2004), and their even spread.
#include "CKernelsPanorama.h"
#include "pixels_variants.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// No point stands nearer to an edge than this: codes would see too little.
#define MARGIN 5

// Pixels that are looked through together.
#define STRIP 128

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

// Which of `count` pixels from `at` on may be extrema: strong enough, and none of six neighbours surpasses them.
static void strip_peaks(
    const float *const *d, int32_t layer, size_t width, size_t at, size_t count, float least, uint8_t *restrict peaks) {
    const float *m = d[layer] + at, *n = m - width, *s = m + width, *u = d[layer + 1] + at, *b = d[layer - 1] + at;
    for (size_t i = 0; i < count; i++) {
        const float v = m[i], w = m[(ptrdiff_t)i - 1], e = m[i + 1];
        const int top = (v >= least) & (v >= w) & (v >= e) & (v >= n[i]) & (v >= s[i]) & (v >= u[i]) & (v >= b[i]);
        const int low = (v <= -least) & (v <= w) & (v <= e) & (v <= n[i]) & (v <= s[i]) & (v <= u[i]) & (v <= b[i]);
        peaks[i] = (uint8_t)(top | low);
    }
}

size_t vk_scale_points(
    const float *const *differences, int32_t layers, size_t width, size_t height, float contrast, float edge_ratio,
    vk_scale_point *out, size_t capacity) {
    size_t found = 0;
    if (width <= 2 * MARGIN || height <= 2 * MARGIN) return 0;
    const float least = 0.5f * contrast;
    for (int32_t layer = 1; layer < layers - 1; layer++) {
        for (size_t y = MARGIN; y < height - MARGIN; y++) {
            for (size_t x = MARGIN; x < width - MARGIN; x += STRIP) {
                const size_t wide = width - MARGIN - x < STRIP ? width - MARGIN - x : STRIP;
                const size_t at = y * width + x;
                uint8_t peaks[STRIP];
                strip_peaks(differences, layer, width, at, wide, least, peaks);
                for (size_t i = 0; i < wide; i++) {
                    if (!peaks[i] || !is_extremum(differences, layer, width, at + i)) continue;
                    if (found == capacity) return found;
                    found += (size_t)refined(
                        differences, layers, width, height, layer, x + i, y, contrast, edge_ratio, out + found);
                }
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
