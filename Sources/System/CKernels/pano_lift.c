// Pixels of a photo where the canvas sees it: sampled between its pixels, in its tone, as floats for the bands.
#include "CKernelsPanorama.h"
#include "pixels_variants.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

typedef float four __attribute__((vector_size(16), aligned(4)));
typedef uint32_t four_sums __attribute__((vector_size(16)));
typedef uint16_t four_halves __attribute__((vector_size(8)));
typedef uint8_t eight_bytes __attribute__((vector_size(8)));
typedef uint16_t eight_halves __attribute__((vector_size(16)));

// From here on a factor under 1 fades out towards white.
#define KNEE 230.0f
#define STRIP 64

// Values made lighter or darker. What the camera clipped keeps its light: a darker grey there would be a cloud that nobody
// saw. Each channel by itself, since of a blue sky the blue alone may be clipped.
BODY four kept(four value, four gain) {
    const four over = __builtin_elementwise_max((value - KNEE) * (1 / (255 - KNEE)), (four){0, 0, 0, 0});
    return value * (gain + __builtin_elementwise_max(1 - gain, (four){0, 0, 0, 0}) * (over * over));
}

typedef struct {
    int32_t seen[STRIP], column[STRIP], row[STRIP], across[STRIP], down[STRIP];
    float light[STRIP];
} strip;

// Where places lie in 1/256 of a pixel, and how much light falls there. Two pixels stand side by side in every case: of the
// last column and row the share of the second is all.
BODY void placed(const vk_photo *p, const float *x, const float *y, size_t count, strip *s) {
    const float right = (float)(p->width - 1), foot = (float)(p->height - 1), cx = right / 2, cy = foot / 2;
    const float inverse = 1 / (cx * cx + cy * cy + 1e-6f);
    const int32_t last = p->width > 1 ? p->width - 2 : 0, lowest = p->height > 1 ? p->height - 2 : 0;
    for (size_t i = 0; i < count; i++) {
        // NaN fails every comparison.
        const int seen = (x[i] >= 0) & (y[i] >= 0) & (x[i] <= right) & (y[i] <= foot);
        const float px = seen ? x[i] : 0, py = seen ? y[i] : 0;
        const int32_t fine_x = (int32_t)(px * 256.0f + 0.5f), fine_y = (int32_t)(py * 256.0f + 0.5f);
        const int32_t column = fine_x >> 8 < last ? fine_x >> 8 : last, row = fine_y >> 8 < lowest ? fine_y >> 8 : lowest;
        const float dx = px - cx, dy = py - cy, r2 = (dx * dx + dy * dy) * inverse;
        s->seen[i] = seen;
        s->column[i] = column;
        s->row[i] = row;
        s->across[i] = fine_x - (column << 8);
        s->down[i] = fine_y - (row << 8);
        s->light[i] = 1 / (1 + r2 * (p->v1 + p->v2 * r2));
    }
}

// Two neighbours of a row mixed: up to four samples of 16 bits.
BODY four_sums mixed(const uint8_t *from, int samples, uint16_t share) {
    eight_bytes bytes;
    memcpy(&bytes, from, 8);
    const eight_halves wide = __builtin_convertvector(bytes, eight_halves);
    const four_halves first = samples == 3 ? __builtin_shufflevector(wide, wide, 0, 1, 2, 2)
                                           : __builtin_shufflevector(wide, wide, 0, 0, 0, 0);
    const four_halves second = samples == 3 ? __builtin_shufflevector(wide, wide, 3, 4, 5, 5)
                                            : __builtin_shufflevector(wide, wide, 1, 1, 1, 1);
    return __builtin_convertvector((four_halves)(first * (uint16_t)(256 - share) + second * share), four_sums);
}

// The same where no 8 bytes can be read.
BODY four_sums mixed_slowly(const uint8_t *from, int samples, int step, uint32_t share) {
    four_sums out;
    for (int k = 0; k < 4; k++) {
        const int c = samples == 3 ? (k < 3 ? k : 2) : 0;
        out[k] = from[c] * (256 - share) + from[c + step] * share;
    }
    return out;
}

BODY void lift(const vk_photo *p, const float *x, const float *y, size_t count, float *out, int samples) {
    strip s;
    const four gains = {p->gains[0], p->gains[1], p->gains[2], 1};
    const ptrdiff_t bytes = (ptrdiff_t)p->stride * (p->height - 1) + (ptrdiff_t)p->width * samples;
    const ptrdiff_t below = p->height > 1 ? p->stride : 0;
    const int step = p->width > 1 ? samples : 0;
    for (size_t from = 0; from < count; from += STRIP) {
        const size_t wide = count - from < STRIP ? count - from : STRIP;
        placed(p, x + from, y + from, wide, &s);
        for (size_t i = 0; i < wide; i++) {
            four *o = (four *)(out + (from + i) * 4);
            if (!s.seen[i]) {
                *o = (four){0};
                continue;
            }
            const ptrdiff_t at = (ptrdiff_t)s.row[i] * p->stride + (ptrdiff_t)s.column[i] * samples;
            const uint8_t *pixel = p->pixels + at;
            const uint16_t share = (uint16_t)s.across[i];
            const int roomy = step && at + below + 8 <= bytes;
            const four_sums top = roomy ? mixed(pixel, samples, share) : mixed_slowly(pixel, samples, step, share);
            const four_sums foot =
                roomy ? mixed(pixel + below, samples, share) : mixed_slowly(pixel + below, samples, step, share);
            const uint32_t down = (uint32_t)s.down[i];
            const four_sums sum = (top * (256 - down) + foot * down + 32768) >> 16;
            four value = kept(__builtin_convertvector(sum, four), gains * s.light[i]);
            value[3] = 1;
            *o = value;
        }
    }
}

BODY void vk_lift_pixels_body(const vk_photo *photo, const float *x, const float *y, size_t count, float *out) {
    if (photo->samples == 3) lift(photo, x, y, count, out, 3);
    else lift(photo, x, y, count, out, 1);
}
VARIANTS(
    vk_lift_pixels, (const vk_photo *photo, const float *x, const float *y, size_t count, float *out),
    (photo, x, y, count, out), const vk_photo *photo, const float *x, const float *y, size_t count, float *out)
