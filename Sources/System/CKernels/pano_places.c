// Where the pixels of a surface lie in the photos, and which photo shows each.
#include "CKernelsPanorama.h"
#include "pixels_variants.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

// A ray this far from the axis or behind it is not in any photo.
#define LEAST_DEPTH 1e-6f

BODY void vk_surface_places_body(
    const vk_view *view, const float *across, const float *rise, const float *ahead, float level, float lift,
    float *restrict x, float *restrict y, size_t count) {
    const float *m = view->m;
    const float f = view->focal, lens = view->lens * 4 * f * f, cx = view->centre_x, cy = view->centre_y;
    for (size_t i = 0; i < count; i++) {
        const float a = across[i] * level, b = lift * rise[i], c = ahead[i] * level;
        const float px = m[0] * a + m[1] * b + m[2] * c;
        const float py = m[3] * a + m[4] * b + m[5] * c;
        const float pz = m[6] * a + m[7] * b + m[8] * c;
        const float scale = 1 / pz, u = px * scale, v = py * scale;
        // Undistorted radius ru (of f u, f v); distorted: 2 ru / (1 + sqrt(1 - 4 lens ru^2)).
        const float inside = 1 - lens * (u * u + v * v);
        const float bend = 2 / (1 + __builtin_elementwise_sqrt(inside > 0 ? inside : 0.0f));
        const int seen = pz > LEAST_DEPTH && inside > 0;
        x[i] = seen ? u * f * bend + cx : NAN;
        y[i] = seen ? v * f * bend + cy : NAN;
    }
}
VARIANTS(
    vk_surface_places,
    (const vk_view *view, const float *across, const float *rise, const float *ahead, float level, float lift,
     float *x, float *y, size_t count),
    (view, across, rise, ahead, level, lift, x, y, count), const vk_view *view, const float *across, const float *rise,
    const float *ahead, float level, float lift, float *x, float *y, size_t count)

// A score no distance reaches.
#define CHOSEN 1e9f

BODY float least(float a, float b) { return a < b ? a : b; }

BODY void vk_claim_pixels_body(
    const float *x, const float *y, size_t count, float width, float height, const int16_t *wanted, int16_t photo,
    int16_t *restrict label, float *restrict best) {
    for (size_t i = 0; i < count; i++) {
        const float edge = least(least(x[i], width - 1 - x[i]), least(y[i], height - 1 - y[i]));
        const float score = wanted[i] == photo ? CHOSEN : edge;
        // Comparisons with NaN are false.
        const int wins = edge >= 0 && score > best[i];
        label[i] = wins ? photo : label[i];
        best[i] = wins ? score : best[i];
    }
}
VARIANTS(
    vk_claim_pixels,
    (const float *x, const float *y, size_t count, float width, float height, const int16_t *wanted, int16_t photo,
     int16_t *label, float *best),
    (x, y, count, width, height, wanted, photo, label, best), const float *x, const float *y, size_t count,
    float width, float height, const int16_t *wanted, int16_t photo, int16_t *label, float *best)
