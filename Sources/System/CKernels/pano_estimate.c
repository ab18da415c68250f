// Sums over pairs of points for the solvers of panoramas, and the solution of their equations.
#include "CKernelsPanorama.h"
#include "pixels_variants.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

size_t vk_transfer_score(
    const double *h, const float *pairs, size_t count, float squared_limit, uint8_t *inside, double *cost) {
    float m[9];
    for (int i = 0; i < 9; i++) m[i] = (float)h[i];
    size_t found = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const float *p = pairs + i * 4;
        const float w = m[6] * p[0] + m[7] * p[1] + m[8];
        const float u = (m[0] * p[0] + m[1] * p[1] + m[2]) / w - p[2];
        const float v = (m[3] * p[0] + m[4] * p[1] + m[5]) / w - p[3];
        const float square = u * u + v * v;
        const int fits = w > 0 && square < squared_limit;
        found += (size_t)fits;
        sum += fits ? square : squared_limit;
        if (inside) inside[i] = (uint8_t)fits;
    }
    *cost += sum;
    return found;
}

// A pixel's direction in the world.
typedef struct {
    double w[3];
} ray;

BODY void back(const double *r, const double *v, double *out) {
    for (int i = 0; i < 3; i++) out[i] = r[i] * v[0] + r[3 + i] * v[1] + r[6 + i] * v[2];
}

BODY ray ray_of(const vk_ray_view *view, double x, double y) {
    ray out;
    const double rho = (x * x + y * y) * view->inverse_square, stretch = 1 + view->lens * rho;
    const double z = view->focal * stretch, size = sqrt(x * x + y * y + z * z), scale = 1 / size;
    const double d[3] = {x * scale, y * scale, z * scale};
    back(view->rotation, d, out.w);
    return out;
}

// Weight of a residual of this length, and its cost (Huber 1964).
BODY double huber_weight(double length, double limit, double *cost) {
    if (length <= limit) {
        *cost += length * length;
        return 1;
    }
    *cost += 2 * limit * length - limit * limit;
    return limit / length;
}

// Eight pairs side by side; the compiler splits them for narrower registers.
#define LANES 8
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

BODY void back_lanes(const double r[9], const lanes v[3], lanes out[3]) {
    for (int i = 0; i < 3; i++) out[i] = r[i] * v[0] + r[3 + i] * v[1] + r[6 + i] * v[2];
}

// As `ray_of`, and its slopes: the ray, and how it changes by three turns, the focal length and the lens.
BODY void rays_of(const vk_ray_view *view, const lanes place[2], lanes w[3], lanes by[5][3]) {
    const lanes x = place[0], y = place[1];
    const lanes rho = (x * x + y * y) * view->inverse_square, stretch = 1 + view->lens * rho;
    const lanes z = view->focal * stretch, scale = 1 / __builtin_elementwise_sqrt(x * x + y * y + z * z);
    const lanes d[3] = {x * scale, y * scale, z * scale}, none = {0};
    back_lanes(view->rotation, d, w);
    const lanes turns[3][3] = {{none, d[2], -d[1]}, {-d[2], none, d[0]}, {d[1], -d[0], none}};
    for (int k = 0; k < 3; k++) back_lanes(view->rotation, turns[k], by[k]);
    // (I - d d^T) (0, 0, 1) / |q|
    const lanes along[3] = {-d[0] * d[2] * scale, -d[1] * d[2] * scale, (1 - d[2] * d[2]) * scale};
    lanes slope[3];
    back_lanes(view->rotation, along, slope);
    for (int i = 0; i < 3; i++) {
        by[3][i] = slope[i] * stretch;
        by[4][i] = slope[i] * view->focal * rho;
    }
}

BODY double total_of(const lanes *values) {
    double sum = 0;
    for (int l = 0; l < LANES; l++) sum += (*values)[l];
    return sum;
}

BODY void vk_ray_sums_body(
    const vk_ray_view *j, const vk_ray_view *k, const double *pairs, size_t count, double huber, double *matrix,
    double *vector, double *total) {
    const double scale = sqrt(j->focal * k->focal);
    lanes sums[10][10] = {{{0}}}, steps[10] = {{0}}, cost = {0};
    for (size_t i = 0; i < count; i += LANES) {
        lanes places[4] = {{0}}, there = {0};
        for (size_t l = 0; l < LANES && i + l < count; l++) {
            for (int c = 0; c < 4; c++) places[c][l] = pairs[(i + l) * 4 + (size_t)c];
            there[l] = 1;
        }
        lanes a[3], b[3], by[5][3], slopes[10][3], r[3];
        rays_of(j, places, a, by);
        for (int p = 0; p < 5; p++) for (int c = 0; c < 3; c++) slopes[p][c] = scale * by[p][c];
        rays_of(k, places + 2, b, by);
        for (int p = 0; p < 5; p++) for (int c = 0; c < 3; c++) slopes[p + 5][c] = -scale * by[p][c];
        for (int c = 0; c < 3; c++) r[c] = scale * (a[c] - b[c]);
        // Huber's weight and cost (1964): with m the lesser of length and limit, m / length and 2 m length - m^2.
        const lanes length = __builtin_elementwise_sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
        const lanes least = __builtin_elementwise_min(length, (lanes){0} + huber);
        const lanes weight = there * ((least + 1e-300) / (length + 1e-300));
        cost += there * (2 * least * length - least * least);
        for (int p = 0; p < 10; p++) {
            const lanes s0 = weight * slopes[p][0], s1 = weight * slopes[p][1], s2 = weight * slopes[p][2];
            steps[p] += s0 * r[0] + s1 * r[1] + s2 * r[2];
            for (int q = p; q < 10; q++) sums[p][q] += s0 * slopes[q][0] + s1 * slopes[q][1] + s2 * slopes[q][2];
        }
    }
    for (int p = 0; p < 10; p++) {
        vector[p] += total_of(&steps[p]);
        for (int q = p; q < 10; q++) matrix[p * 10 + q] += total_of(&sums[p][q]);
    }
    *total = total_of(&cost);
}
VARIANTS(
    vk_ray_sums,
    (const vk_ray_view *j, const vk_ray_view *k, const double *pairs, size_t count, double huber, double *matrix,
     double *vector, double *total),
    (j, k, pairs, count, huber, matrix, vector, total), const vk_ray_view *j, const vk_ray_view *k, const double *pairs,
    size_t count, double huber, double *matrix, double *vector, double *total)

double vk_ray_normal(
    const vk_ray_view *j, const vk_ray_view *k, const double *pairs, size_t count, double huber, double *matrix,
    double *vector, int32_t variant) {
    double cost = 0;
    vk_ray_sums(j, k, pairs, count, huber, matrix, vector, &cost, variant);
    return cost;
}

void vk_ray_errors(
    const vk_ray_view *j, const vk_ray_view *k, const double *pairs, size_t count, double *errors) {
    const double scale = sqrt(j->focal * k->focal);
    for (size_t i = 0; i < count; i++) {
        const ray a = ray_of(j, pairs[i * 4], pairs[i * 4 + 1]);
        const ray b = ray_of(k, pairs[i * 4 + 2], pairs[i * 4 + 3]);
        const double x = a.w[0] - b.w[0], y = a.w[1] - b.w[1], z = a.w[2] - b.w[2];
        errors[i] = scale * sqrt(x * x + y * y + z * z);
    }
}

// What a pair costs whose point leaves the picture plane: as much as one far outside.
#define LOST 1e4

BODY int through(const double *hi, const double *g, const double *p, double y[3], double z[3]) {
    for (int a = 0; a < 3; a++) y[a] = hi[a * 3] * p[0] + hi[a * 3 + 1] * p[1] + hi[a * 3 + 2];
    for (int a = 0; a < 3; a++) z[a] = g[a * 3] * y[0] + g[a * 3 + 1] * y[1] + g[a * 3 + 2] * y[2];
    return y[2] > 1e-9 && z[2] > 1e-9;
}

double vk_plane_normal(
    const double *hi, const double *hj_inverse, const double *pairs, size_t count, double huber, double *matrix,
    double *vector) {
    const double *g = hj_inverse;
    double cost = 0;
    for (size_t i = 0; i < count; i++) {
        const double *p = pairs + i * 4;
        double y[3], z[3], slopes[2][18];
        if (!through(hi, g, p, y, z)) {
            huber_weight(LOST, huber, &cost);
            continue;
        }
        const double depth = 1 / z[2], u = z[0] * depth, v = z[1] * depth;
        const double r[2] = {u - p[2], v - p[3]}, from[3] = {p[0], p[1], 1};
        for (int a = 0; a < 3; a++) {
            const double du = (g[a] - u * g[6 + a]) * depth, dv = (g[3 + a] - v * g[6 + a]) * depth;
            for (int b = 0; b < 3; b++) {
                slopes[0][a * 3 + b] = du * from[b];
                slopes[1][a * 3 + b] = dv * from[b];
                slopes[0][9 + a * 3 + b] = -du * z[b];
                slopes[1][9 + a * 3 + b] = -dv * z[b];
            }
        }
        const double weight = huber_weight(sqrt(r[0] * r[0] + r[1] * r[1]), huber, &cost);
        for (int s = 0; s < 18; s++) {
            const double su = weight * slopes[0][s], sv = weight * slopes[1][s];
            vector[s] += su * r[0] + sv * r[1];
            for (int q = s; q < 18; q++) matrix[s * 18 + q] += su * slopes[0][q] + sv * slopes[1][q];
        }
    }
    return cost;
}

void vk_plane_errors(
    const double *hi, const double *hj_inverse, const double *pairs, size_t count, double *errors) {
    for (size_t i = 0; i < count; i++) {
        double y[3], z[3];
        if (!through(hi, hj_inverse, pairs + i * 4, y, z)) {
            errors[i] = LOST;
            continue;
        }
        const double u = z[0] / z[2] - pairs[i * 4 + 2], v = z[1] / z[2] - pairs[i * 4 + 3];
        errors[i] = sqrt(u * u + v * v);
    }
}

typedef double lanes __attribute__((vector_size(64), aligned(8)));

static double dot(const double *a, const double *b, size_t count) {
    lanes sum = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8) sum += *(const lanes *)(a + i) * *(const lanes *)(b + i);
    double total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    for (; i < count; i++) total += a[i] * b[i];
    return total;
}

int32_t vk_cholesky_solve(double *a, double *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            const double rest = a[i * n + j] - dot(a + i * n, a + j * n, j);
            if (i == j) {
                if (!(rest > 0) || !isfinite(rest)) return 0;
                a[i * n + i] = sqrt(rest);
            } else {
                a[i * n + j] = rest / a[j * n + j];
            }
        }
    }
    for (size_t i = 0; i < n; i++) b[i] = (b[i] - dot(a + i * n, b, i)) / a[i * n + i];
    for (size_t i = n; i-- > 0;) {
        double rest = b[i];
        for (size_t k = i + 1; k < n; k++) rest -= a[k * n + i] * b[k];
        b[i] = rest / a[i * n + i];
    }
    return 1;
}
