// One step of alignment by brightness with slopes that are the template's own: sample, compare, sum.
#include "pixels_variants.h"

#include "CKernelsPanorama.h"

#include <math.h>
#include <string.h>

// Pixels of a row that are sampled at one fraction of a pixel.
#define SEGMENT 16

// Keys' weights for a fraction (a = -1/2).
BODY void keys(float t, float w[4]) {
    w[0] = ((-0.5f * t + 1) * t - 0.5f) * t;
    w[1] = (1.5f * t - 2.5f) * t * t + 1;
    w[2] = ((-1.5f * t + 2) * t + 0.5f) * t;
    w[3] = (0.5f * t - 0.5f) * t * t;
}

BODY void four_neighbours(float t, float w[4]) {
    w[0] = 0;
    w[1] = 1 - t;
    w[2] = t;
    w[3] = 0;
}

BODY ptrdiff_t inside(ptrdiff_t at, ptrdiff_t count) { return at < 0 ? 0 : at >= count ? count - 1 : at; }

// A value at any place of the picture; its outermost pixels are taken again beyond it.
BODY float value_at(const float *picture, ptrdiff_t width, ptrdiff_t height, double x, double y, int cubic) {
    const ptrdiff_t x0 = (ptrdiff_t)x, y0 = (ptrdiff_t)y;
    float wx[4], wy[4], sum = 0;
    if (cubic) {
        keys((float)(x - (double)x0), wx);
        keys((float)(y - (double)y0), wy);
    } else {
        four_neighbours((float)(x - (double)x0), wx);
        four_neighbours((float)(y - (double)y0), wy);
    }
    for (ptrdiff_t r = 0; r < 4; r++) {
        const float *row = picture + inside(y0 + r - 1, height) * width;
        float across = 0;
        for (ptrdiff_t c = 0; c < 4; c++) across += wx[c] * row[inside(x0 + c - 1, width)];
        sum += wy[r] * across;
    }
    return sum;
}

// Cost and weight (half the cost's slope divided by e) of a difference, as RobustLoss has them.
BODY void judge(int loss, float a, float e, float *cost, float *weight) {
    const float size = fabsf(e);
    if (loss == VK_LOSS_HUBER) {
        *cost = size <= a ? e * e : 2 * a * size - a * a;
        *weight = size <= a ? 1 : a / size;
    } else if (loss == VK_LOSS_GEMAN_MCCLURE) {
        const float part = a * a / (a * a + e * e);
        *cost = e * e * part;
        *weight = part * part;
    } else if (loss == VK_LOSS_ABSOLUTE) {
        *cost = size >= a ? size : (e * e / a + a) / 2;
        *weight = 0.5f / (size > a ? size : a);
    } else {
        *cost = e * e;
        *weight = 1;
    }
}

typedef struct {
    float cost[SEGMENT], weight[SEGMENT], light[SEGMENT], plain[SEGMENT];
    float a[SEGMENT], ax[SEGMENT], b[SEGMENT], bx[SEGMENT], c[SEGMENT], cx[SEGMENT];
} lanes;

// Samples of a segment that lies well inside: one fraction for all, the rest by the template's slopes to first order.
BODY void sample_segment(
    const float *picture, size_t width, double u, double v, float *restrict out, int cubic) {
    const double left = floor(u), top = floor(v);
    const float *from = picture + ((ptrdiff_t)top - 1) * (ptrdiff_t)width + (ptrdiff_t)left - 1;
    float wx[4], wy[4];
    if (cubic) {
        keys((float)(u - left), wx);
        keys((float)(v - top), wy);
    } else {
        four_neighbours((float)(u - left), wx);
        four_neighbours((float)(v - top), wy);
    }
    float columns[SEGMENT + 4];
    for (int i = 0; i < SEGMENT + 4; i++) {
        columns[i] = wy[0] * from[i] + wy[1] * from[width + (size_t)i] + wy[2] * from[2 * width + (size_t)i]
            + wy[3] * from[3 * width + (size_t)i];
    }
    for (int i = 0; i < SEGMENT; i++) {
        out[i] = wx[0] * columns[i] + wx[1] * columns[i + 1] + wx[2] * columns[i + 2] + wx[3] * columns[i + 3];
    }
}

// Differences of a segment, judged and summed.
BODY void sum_segment(
    const vk_alignment *k, size_t at, const float *sample, const float *valid, float x, float lean_x, float lean_y,
    float *pulls, lanes *sums, int loss) {
    const float *value = k->values + at, *weight = k->weights + at;
    const float *a = k->across + at, *b = k->down + at, *c = k->turn + at;
    const float factor = 1 + k->gain, bias = k->bias, scale = k->scale;
    float share[SEGMENT], pull[SEGMENT];
    for (int i = 0; i < SEGMENT; i++) {
        const float dx = (float)i - (SEGMENT - 1) * 0.5f;
        const float e = sample[i] + factor * (a[i] * lean_x + b[i] * lean_y) * dx - factor * value[i] - bias;
        float cost, part;
        judge(loss, scale, e, &cost, &part);
        const float w = weight[i] * valid[i];
        share[i] = w * part;
        pull[i] = share[i] * e;
        sums->cost[i] += w * cost;
        sums->weight[i] += w;
    }
    if (pulls) {
        float *to_a = pulls, *to_b = pulls + k->stride, *to_share = pulls + 2 * k->stride;
        for (int i = 0; i < SEGMENT; i++) to_a[i] += pull[i] * a[i];
        for (int i = 0; i < SEGMENT; i++) to_b[i] += pull[i] * b[i];
        for (int i = 0; i < SEGMENT; i++) to_share[i] += share[i];
        return;
    }
    for (int i = 0; i < SEGMENT; i++) {
        const float we = pull[i], px = x + (float)i, ea = we * a[i], eb = we * b[i], ec = we * c[i];
        sums->light[i] += we * value[i];
        sums->plain[i] += we;
        sums->a[i] += ea;
        sums->ax[i] += ea * px;
        sums->b[i] += eb;
        sums->bx[i] += eb * px;
        sums->c[i] += ec;
        sums->cx[i] += ec * px;
    }
}

BODY double all(const float *lanes) {
    double sum = 0;
    for (int i = 0; i < SEGMENT; i++) sum += (double)lanes[i];
    return sum;
}

BODY void flush(const lanes *sums, double y, double out[13]) {
    const double a = all(sums->a), b = all(sums->b), c = all(sums->c);
    out[0] += all(sums->ax);
    out[1] += a * y;
    out[2] += a;
    out[3] += all(sums->bx);
    out[4] += b * y;
    out[5] += b;
    out[6] -= all(sums->cx);
    out[7] -= c * y;
    out[8] -= c;
    out[9] -= all(sums->light);
    out[10] -= all(sums->plain);
    out[11] += all(sums->cost);
    out[12] += all(sums->weight);
}

// Samples of a segment place by place, with 0 or 1 for each whether the picture shows it; counts those.
BODY size_t sample_slowly(
    const vk_alignment *k, size_t row, size_t column, float *sample, float *valid) {
    const double *m = k->map;
    size_t count = 0;
    for (size_t i = 0; i < SEGMENT; i++) {
        sample[i] = valid[i] = 0;
        if (column + i >= k->width) continue;
        const double x = (double)(column + i), y = (double)row, w = m[6] * x + m[7] * y + m[8];
        if (!(w > 1e-12)) continue;
        const double u = (m[0] * x + m[1] * y + m[2]) / w, v = (m[3] * x + m[4] * y + m[5]) / w;
        const double right = (double)(k->picture_width - 1), bottom = (double)(k->picture_height - 1);
        if (!(u >= 0 && v >= 0 && u <= right && v <= bottom)) continue;
        sample[i] = value_at(
            k->picture, (ptrdiff_t)k->picture_width, (ptrdiff_t)k->picture_height, u, v, k->cubic);
        valid[i] = 1;
        count += k->weights[row * k->stride + column + i] > 0;
    }
    return count;
}

BODY void step(const vk_alignment *k, float *pulls, double *out, size_t *counted, int loss, int cubic) {
    const double *m = k->map;
    const double middle = (SEGMENT - 1) * 0.5;
    float ones[SEGMENT], valid[SEGMENT], sample[SEGMENT];
    for (int i = 0; i < SEGMENT; i++) ones[i] = 1;
    size_t count = 0;
    for (size_t row = 0; row < k->height; row++) {
        lanes sums;
        memset(&sums, 0, sizeof sums);
        const double y = (double)row;
        for (size_t column = 0; column < k->width; column += SEGMENT) {
            const size_t at = row * k->stride + column;
            const double x = (double)column + middle, w = m[6] * x + m[7] * y + m[8];
            const double u = (m[0] * x + m[1] * y + m[2]) / w, v = (m[3] * x + m[4] * y + m[5]) / w;
            const double lean_x = (m[0] - u * m[6]) / w - 1, lean_y = (m[3] - v * m[6]) / w;
            const int is_inside = w > 1e-12 && column + SEGMENT <= k->width && u - middle >= 1 && v >= 1
                && u + middle + 5 <= (double)k->picture_width && v + 3 <= (double)k->picture_height;
            float *pull = pulls ? pulls + row / SEGMENT * 3 * k->stride + column : 0;
            if (is_inside && fabs(lean_x) <= k->greatest_lean && fabs(lean_y) <= k->greatest_lean) {
                sample_segment(k->picture, k->picture_width, u - middle, v, sample, cubic);
                sum_segment(
                    k, at, sample, ones, (float)column + k->origin_x, (float)lean_x, (float)lean_y, pull, &sums, loss);
                count += SEGMENT;
            } else {
                count += sample_slowly(k, row, column, sample, valid);
                sum_segment(k, at, sample, valid, (float)column + k->origin_x, 0, 0, pull, &sums, loss);
            }
        }
        flush(&sums, y + (double)k->origin_y, out);
    }
    *counted = count;
}

BODY void vk_align_step_body(const vk_alignment *k, float *pulls, double *out, size_t *counted) {
    // One body for each loss: what it is must not be asked for each pixel.
    switch (k->loss) {
    case VK_LOSS_HUBER: step(k, pulls, out, counted, VK_LOSS_HUBER, k->cubic); break;
    case VK_LOSS_GEMAN_MCCLURE: step(k, pulls, out, counted, VK_LOSS_GEMAN_MCCLURE, k->cubic); break;
    case VK_LOSS_ABSOLUTE: step(k, pulls, out, counted, VK_LOSS_ABSOLUTE, k->cubic); break;
    default: step(k, pulls, out, counted, VK_LOSS_SQUARES, k->cubic);
    }
}
VARIANTS(
    vk_align_step, (const vk_alignment *k, float *pulls, double *out, size_t *counted), (k, pulls, out, counted),
    const vk_alignment *k, float *pulls, double *out, size_t *counted)
