// Tone that changes over a photo: a parabola a pixel and channel, from a coarse grid of nodes.
#include "CKernelsPanorama.h"

#pragma STDC FP_CONTRACT OFF

typedef float four __attribute__((vector_size(16), aligned(4)));

// From here on what would become darker fades out towards white, as for gains.
#define KNEE 230.0f

void vk_bend_pixels(float *pixels, size_t count, const float *nodes, size_t node_count, float first, float step) {
    if (!node_count) return;
    const float end = (float)(node_count - 1);
    four *p = (four *)pixels;
    const four *n = (const four *)nodes;
    for (size_t i = 0; i < count; i++) {
        const float alpha = p[i][3];
        if (!(alpha > 0)) continue;
        float at = first + (float)i * step;
        at = at < 0 ? 0 : at > end ? end : at;
        size_t cell = (size_t)at;
        if (cell + 1 >= node_count) cell = node_count > 1 ? node_count - 2 : 0;
        const float share = at - (float)cell;
        const four *left = n + cell * 3, *right = node_count > 1 ? left + 3 : left;
        const four a = left[0] + (right[0] - left[0]) * share;
        const four b = left[1] + (right[1] - left[1]) * share;
        const four c = left[2] + (right[2] - left[2]) * share;
        const four z = p[i];
        four bent = a + z * (b + z * c);
        for (int k = 0; k < 3; k++) {
            if (z[k] <= KNEE || bent[k] >= z[k]) continue;
            const float over = (z[k] - KNEE) * (1 / (255 - KNEE)), keep = over < 1 ? over * over : 1;
            bent[k] += (z[k] - bent[k]) * keep;
        }
        for (int k = 0; k < 3; k++) bent[k] = bent[k] > 0 ? bent[k] : 0;
        bent[3] = alpha;
        p[i] = bent;
    }
}
