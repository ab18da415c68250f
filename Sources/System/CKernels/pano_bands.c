// Pyramids of weighted pixels for blending in bands (Burt and Adelson 1983), with holes and wrapped columns.
//
// A pixel is four floats: colour times weight, and weight. Reducing both and dividing where a colour is needed keeps
// what lies outside a photo out of every level; there is no dark fringe.
#include "CKernelsPanorama.h"
#include "pixels_variants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

typedef float four __attribute__((vector_size(16), aligned(4)));

#define LEAST_WEIGHT 1e-6f
#define OUTER (1.0f / 16)
#define INNER (4.0f / 16)
#define MIDDLE (6.0f / 16)

BODY ptrdiff_t column(ptrdiff_t x, size_t width, int wrap) {
    if (x >= 0 && x < (ptrdiff_t)width) return x;
    if (!wrap) return -1;
    x %= (ptrdiff_t)width;
    return x < 0 ? x + (ptrdiff_t)width : x;
}

// Rows first, so that only half of them are filtered across. `line` has room for a row.
#define REDUCE(name, type, samples)                                                                                  \
    BODY void name##_body(const float *in, size_t width, size_t height, int wrap, float *out, float *line) {         \
        const size_t small = (width + 1) / 2;                                                                        \
        const type zero = (type){0};                                                                                 \
        for (size_t y = 0; y < height; y += 2) {                                                                     \
            const type *r2 = (const type *)(in + y * width * samples);                                               \
            const type *r1 = y >= 1 ? r2 - width : 0, *r0 = y >= 2 ? r2 - 2 * width : 0;                             \
            const type *r3 = y + 1 < height ? r2 + width : 0, *r4 = y + 2 < height ? r2 + 2 * width : 0;             \
            type *l = (type *)line;                                                                                  \
            for (size_t x = 0; x < width; x++) l[x] = r2[x] * MIDDLE;                                                \
            if (r1) for (size_t x = 0; x < width; x++) l[x] += r1[x] * INNER;                                        \
            if (r3) for (size_t x = 0; x < width; x++) l[x] += r3[x] * INNER;                                        \
            if (r0) for (size_t x = 0; x < width; x++) l[x] += r0[x] * OUTER;                                        \
            if (r4) for (size_t x = 0; x < width; x++) l[x] += r4[x] * OUTER;                                        \
            type *o = (type *)(out + y / 2 * small * samples);                                                       \
            for (size_t x = 0; x < small; x++) {                                                                     \
                const ptrdiff_t c = (ptrdiff_t)(2 * x);                                                              \
                if (c >= 2 && c + 2 < (ptrdiff_t)width) {                                                            \
                    o[x] = (l[c - 2] + l[c + 2]) * OUTER + (l[c - 1] + l[c + 1]) * INNER + l[c] * MIDDLE;            \
                    continue;                                                                                        \
                }                                                                                                    \
                const ptrdiff_t a = column(c - 2, width, wrap), b = column(c - 1, width, wrap);                      \
                const ptrdiff_t d = column(c + 1, width, wrap), e = column(c + 2, width, wrap);                      \
                o[x] = ((a < 0 ? zero : l[a]) + (e < 0 ? zero : l[e])) * OUTER                                       \
                    + ((b < 0 ? zero : l[b]) + (d < 0 ? zero : l[d])) * INNER + l[c] * MIDDLE;                       \
            }                                                                                                        \
        }                                                                                                            \
    }

typedef float one __attribute__((aligned(4)));
REDUCE(reduce4, four, 4)
REDUCE(reduce1, one, 1)

BODY void vk_reduce4_body(const float *in, size_t width, size_t height, int wrap, float *out) {
    float *line = malloc(width * sizeof(four));
    if (!line) {
        memset(out, 0, ((width + 1) / 2) * ((height + 1) / 2) * sizeof(four));
        return;
    }
    reduce4_body(in, width, height, wrap, out, line);
    free(line);
}
VARIANTS(
    vk_reduce4, (const float *in, size_t width, size_t height, int wrap, float *out), (in, width, height, wrap, out),
    const float *in, size_t width, size_t height, int wrap, float *out)

BODY void vk_reduce1_body(const float *in, size_t width, size_t height, int wrap, float *out) {
    float *line = malloc(width * sizeof(float));
    if (!line) {
        memset(out, 0, ((width + 1) / 2) * ((height + 1) / 2) * sizeof(float));
        return;
    }
    reduce1_body(in, width, height, wrap, out, line);
    free(line);
}
VARIANTS(
    vk_reduce1, (const float *in, size_t width, size_t height, int wrap, float *out), (in, width, height, wrap, out),
    const float *in, size_t width, size_t height, int wrap, float *out)

// One row of the next level, expanded down: sums of the rows that touch row y.
BODY void expanded_line(const four *next, size_t small, size_t rows, size_t y, four *restrict line) {
    const size_t at = y / 2;
    const four *middle = next + at * small;
    if (y % 2) {
        const four *below = at + 1 < rows ? middle + small : 0;
        for (size_t x = 0; x < small; x++) line[x] = middle[x];
        if (below) for (size_t x = 0; x < small; x++) line[x] += below[x];
        return;
    }
    const four *above = at ? middle - small : 0, *below = at + 1 < rows ? middle + small : 0;
    for (size_t x = 0; x < small; x++) line[x] = middle[x] * 6;
    if (above) for (size_t x = 0; x < small; x++) line[x] += above[x];
    if (below) for (size_t x = 0; x < small; x++) line[x] += below[x];
}

// The pixel x of a line, expanded across. Weights are relative: the caller divides.
BODY four expanded(const four *line, size_t small, int wrap, size_t x) {
    const ptrdiff_t at = (ptrdiff_t)(x / 2);
    if (x % 2) {
        const ptrdiff_t right = at + 1 < (ptrdiff_t)small ? at + 1 : wrap ? 0 : -1;
        return right < 0 ? line[at] : line[at] + line[right];
    }
    const ptrdiff_t left = at ? at - 1 : wrap ? (ptrdiff_t)small - 1 : -1;
    const ptrdiff_t right = at + 1 < (ptrdiff_t)small ? at + 1 : wrap ? 0 : -1;
    four sum = line[at] * 6;
    if (left >= 0) sum += line[left];
    if (right >= 0) sum += line[right];
    return sum;
}

BODY four colour(four pixel) {
    const float weight = pixel[3], scale = weight > LEAST_WEIGHT ? 1 / weight : 0;
    return pixel * scale;
}

BODY void vk_add_band_body(
    const float *level, const float *next, const float *weight, size_t width, size_t height, int wrap, float *sums,
    size_t stride) {
    const size_t small = (width + 1) / 2, cells = small * ((height + 1) / 2);
    four *even = next ? malloc((cells + small) * sizeof(four)) : 0, *line = even + cells;
    if (next && !even) return;
    // Expanded as the collapse expands: colours with weight 1 or none, or the borders would not come back.
    for (size_t i = 0; even && i < cells; i++) {
        const four pixel = ((const four *)next)[i];
        even[i] = colour(pixel);
        even[i][3] = pixel[3] > LEAST_WEIGHT ? 1 : 0;
    }
    for (size_t y = 0; y < height; y++) {
        const four *l = (const four *)(level + y * width * 4);
        const float *w = weight + y * width;
        four *s = (four *)(sums + y * stride * 4);
        if (even) expanded_line(even, small, (height + 1) / 2, y, line);
        for (size_t x = 0; x < width; x++) {
            if (!(w[x] > 0)) continue;
            four value = colour(l[x]);
            if (even) value -= colour(expanded(line, small, wrap, x));
            value[3] = 1;
            s[x] += value * w[x];
        }
    }
    free(even);
}
VARIANTS(
    vk_add_band,
    (const float *level, const float *next, const float *weight, size_t width, size_t height, int wrap, float *sums,
     size_t stride),
    (level, next, weight, width, height, wrap, sums, stride), const float *level, const float *next,
    const float *weight, size_t width, size_t height, int wrap, float *sums, size_t stride)

BODY void vk_collapse_band_body(
    const float *sums, const float *next, size_t width, size_t height, int wrap, float *level) {
    const size_t small = (width + 1) / 2;
    four *line = next ? malloc(small * sizeof(four)) : 0;
    if (next && !line) {
        memset(level, 0, width * height * sizeof(four));
        return;
    }
    for (size_t y = 0; y < height; y++) {
        const four *s = (const four *)(sums + y * width * 4);
        four *l = (four *)(level + y * width * 4);
        if (line) expanded_line((const four *)next, small, (height + 1) / 2, y, line);
        for (size_t x = 0; x < width; x++) {
            const int some = s[x][3] > LEAST_WEIGHT;
            four value = colour(s[x]);
            if (line && some) value += colour(expanded(line, small, wrap, x));
            value[3] = 1;
            l[x] = some ? value : (four){0};
        }
    }
    free(line);
}
VARIANTS(
    vk_collapse_band, (const float *sums, const float *next, size_t width, size_t height, int wrap, float *level),
    (sums, next, width, height, wrap, level), const float *sums, const float *next, size_t width, size_t height,
    int wrap, float *level)

void vk_settle_pixels(const float *level, const float *factors, size_t count, uint8_t *rgb, uint8_t *mask) {
    for (size_t i = 0; i < count; i++) {
        const float factor = factors ? factors[i] : 1;
        for (int c = 0; c < 3; c++) {
            const float v = level[i * 4 + (size_t)c] * factor + 0.5f;
            rgb[i * 3 + (size_t)c] = (uint8_t)(v > 255 ? 255 : v > 0 ? v : 0);
        }
        mask[i] = level[i * 4 + 3] > 0 ? 255 : 0;
    }
}
