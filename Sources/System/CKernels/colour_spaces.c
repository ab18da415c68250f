// Hue, saturation, value; and CIE L*a*b*. Float rows of three samples.
#include "CKernelsPixels.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

// Smith 1978, "Color gamut transform pairs".
void vk_hsv_from_rgb(const float *row, float *out, size_t width) {
    for (size_t x = 0; x < width; x++, row += 3, out += 3) {
        float r = row[0], g = row[1], b = row[2];
        float high = fmaxf(r, fmaxf(g, b)), span = high - fminf(r, fminf(g, b)), hue = 0;
        if (span > 0) {
            if (high == r) hue = (g - b) / span;
            else if (high == g) hue = 2 + (b - r) / span;
            else hue = 4 + (r - g) / span;
            if (hue < 0) hue += 6;
        }
        out[0] = hue * 60;
        out[1] = high > 0 ? span / high : 0;
        out[2] = high;
    }
}

void vk_rgb_from_hsv(const float *row, float *out, size_t width) {
    for (size_t x = 0; x < width; x++, row += 3, out += 3) {
        float chroma = row[2] * row[1], low = row[2] - chroma, rgb[3];
        for (int c = 0; c < 3; c++) {
            // Each colour is a trapezium over hue, a third of a turn apart.
            float at = fmodf(row[0] / 60 + (c == 0 ? 5.0f : c == 1 ? 3.0f : 1.0f), 6);
            if (at < 0) at += 6;
            rgb[c] = low + chroma - chroma * fmaxf(0, fminf(1, fminf(at, 4 - at)));
        }
        out[0] = rgb[0];
        out[1] = rgb[1];
        out[2] = rgb[2];
    }
}

// IEC 61966-2-1, annex F: linear sRGB to XYZ, each row divided by the white of D65.
static const float to_xyz[9] = {
    0.43388735f, 0.37622401f, 0.18988865f, 0.21263901f, 0.71516868f, 0.07219232f, 0.01775004f, 0.10944762f, 0.87280234f};
// Its inverse.
static const float from_xyz[9] = {
    3.08039909f, -1.53738318f, -0.54301591f, -0.92122336f, 1.87596750f, 0.04525586f, 0.05287394f, -0.20397696f,
    1.15110302f};

#define EPSILON 0.008856452f
#define KAPPA 903.2963f

static float curved(float t) { return t > EPSILON ? cbrtf(t) : (KAPPA * t + 16) / 116; }

static float straight(float f) {
    float cube = f * f * f;
    return cube > EPSILON ? cube : (116 * f - 16) / KAPPA;
}

static void multiplied(const float *m, const float *v, float *out) {
    for (int r = 0; r < 3; r++) out[r] = m[3 * r] * v[0] + m[3 * r + 1] * v[1] + m[3 * r + 2] * v[2];
}

void vk_lab_from_light(const float *row, float *out, size_t width) {
    for (size_t x = 0; x < width; x++, row += 3, out += 3) {
        float xyz[3];
        multiplied(to_xyz, row, xyz);
        float fx = curved(xyz[0]), fy = curved(xyz[1]), fz = curved(xyz[2]);
        out[0] = 116 * fy - 16;
        out[1] = 500 * (fx - fy);
        out[2] = 200 * (fy - fz);
    }
}

void vk_light_from_lab(const float *row, float *out, size_t width) {
    for (size_t x = 0; x < width; x++, row += 3, out += 3) {
        float fy = (row[0] + 16) / 116;
        float xyz[3] = {straight(fy + row[1] / 500), straight(fy), straight(fy - row[2] / 200)};
        multiplied(from_xyz, xyz, out);
    }
}
