// Kernels over rows of pixels. All variants of a kernel give the same bytes.
//
// The caller checks every length once (Sources/Base/Kernels); nothing here does. Weights are whole numbers of 14 bits,
// sums have 32 bits, so that a result does not depend on the processor. Float kernels add in one fixed order and never
// fuse a product with a sum.
#ifndef CKERNELS_PIXELS_H
#define CKERNELS_PIXELS_H

#include <stddef.h>
#include <stdint.h>

#include "CKernelsVariant.h"

// MARK: Area averages (area_resize.c)

// One target column: source pixels first...last, with the units that the outer two take.
typedef struct {
    uint32_t first, last, first_weight, last_weight;
} vk_area_span;

// sums[i] += row[i] * weight.
void vk_area_add_row(const uint8_t *row, uint32_t *sums, size_t count, uint32_t weight, int32_t variant);

// One target row out of column sums (readable for 4 more than their count): exact mean, rounded half up.
// `whole` is the weight of a full source pixel, `area` the sum of all weights.
void vk_area_columns(
    const uint32_t *sums, uint8_t *out, const vk_area_span *spans, size_t width, int samples, uint32_t whole,
    uint64_t area, int32_t variant);

// MARK: Weighted rows: separable filters and the vertical half of resampling (convolve.c)

// out[i] = clamp((sum of weights[k] * rows[k][i] + 8192) >> 14).
void vk_weighted_rows_u8(
    const uint8_t *const *rows, const int16_t *weights, size_t taps, uint8_t *out, size_t count, int32_t variant);

// out[i] = sum of weights[k] * rows[k][i], added in the order of k.
void vk_weighted_rows_f32(
    const float *const *rows, const float *weights, size_t taps, float *out, size_t count, int32_t variant);

// The middle one of nine rows at each place (three rows, each at three offsets, for a 3 x 3 median).
void vk_median9_u8(const uint8_t *const *rows, uint8_t *out, size_t count, int32_t variant);

// MARK: The horizontal half of resampling (resample.c)

// out pixel x = clamp of the weighted sum of `taps` pixels from starts[x] on. taps is a multiple of 8 for one sample a
// pixel, else of 4; `row` is readable for 16 bytes after the last pixel that is asked for.
void vk_resample_columns_u8(
    const uint8_t *row, uint8_t *out, const int32_t *starts, const int16_t *weights, size_t taps, size_t width,
    int samples, int32_t variant);
void vk_resample_columns_f32(
    const float *row, float *out, const int32_t *starts, const float *weights, size_t taps, size_t width,
    int samples);

// MARK: Colour (colour.c)

// (77 R + 150 G + 29 B + 128) >> 8 of pixels of 3 or 4 samples.
void vk_grey_from_rgb(const uint8_t *row, uint8_t *out, size_t width, int samples, int32_t variant);
// Red and blue change places; in place is allowed.
void vk_swap_red_blue(const uint8_t *row, uint8_t *out, size_t width, int samples, int32_t variant);
// JFIF's full-range YCbCr in 16-bit fixed point, 3 samples each way.
void vk_ycbcr_from_rgb(const uint8_t *row, uint8_t *out, size_t width, int32_t variant);
void vk_rgb_from_ycbcr(const uint8_t *row, uint8_t *out, size_t width, int32_t variant);
// RGBA with colours times alpha / 255, and back.
void vk_premultiply(const uint8_t *row, uint8_t *out, size_t width, int32_t variant);
void vk_unpremultiply(const uint8_t *row, uint8_t *out, size_t width);
// Pixels of RGBA over one colour, as RGB: (c * alpha + under * (255 - alpha) + 127) / 255.
void vk_flatten(
    const uint8_t *row, uint8_t *out, size_t width, uint8_t red, uint8_t green, uint8_t blue, int32_t variant);
// out = clamp(matrix (row-major, 3 x 3) times light), light by three tables of 256,
// samples by one table of 4,096 steps.
void vk_matrix_through_light(
    const uint8_t *row, uint8_t *out, size_t width, int samples, const float *light, const float *matrix,
    const uint8_t *sample_of_light);
// Hue 0...360, saturation and value 0...1; and back.
void vk_hsv_from_rgb(const float *row, float *out, size_t width);
void vk_rgb_from_hsv(const float *row, float *out, size_t width);
// CIE L*a*b* (D65) of linear sRGB, and back.
void vk_lab_from_light(const float *row, float *out, size_t width);
void vk_light_from_lab(const float *row, float *out, size_t width);
// out plane c, place x = row[x * samples + c] * scale[c] + offset[c], for c < 3; planes follow each other by `plane`.
void vk_pack_planes(
    const uint8_t *row, float *out, size_t width, int samples, size_t plane, const float *scale, const float *offset,
    int32_t variant);

// MARK: Warps (warp.c)

// 0 constant, 1 nearest edge pixel, 2 mirrored about the edge pixel (gfedcb|abcdefgh|gfedcba), 3 wrapped.
typedef enum { VK_BORDER_CONSTANT, VK_BORDER_REPLICATE, VK_BORDER_REFLECT, VK_BORDER_WRAP } vk_border;

// A picture to sample from: rows of `samples` values, `stride` values apart; `fill` for the constant border.
typedef struct {
    const uint8_t *pixels;
    int32_t width, height;
    ptrdiff_t stride;
    int32_t samples;
    int32_t border;
    uint8_t fill[4];
} vk_source_u8;

typedef struct {
    const float *pixels;
    int32_t width, height;
    ptrdiff_t stride;
    int32_t samples;
    int32_t border;
    float fill[4];
} vk_source_f32;

// Pixel i = the source at (x[i], y[i]), pixel centres at whole numbers. Places are rounded to 1/256 of a pixel for
// 8-bit samples. A place that is no number is outside. mask[i] (optional) = 255 where the place lies inside, else 0.
void vk_warp_bilinear_u8(
    const vk_source_u8 *source, const float *x, const float *y, uint8_t *out, uint8_t *mask, size_t count,
    int32_t variant);
void vk_warp_bicubic_u8(
    const vk_source_u8 *source, const int16_t *weights, const float *x, const float *y, uint8_t *out, uint8_t *mask,
    size_t count);
void vk_warp_bilinear_f32(
    const vk_source_f32 *source, const float *x, const float *y, float *out, uint8_t *mask, size_t count);
void vk_warp_bicubic_f32(
    const vk_source_f32 *source, const float *x, const float *y, float *out, uint8_t *mask, size_t count);

// MARK: Counting (histogram.c)

// bins[v] += how often v stands in the row; 256 bins.
void vk_histogram_u8(const uint8_t *row, size_t count, uint32_t *bins);
// out[x + 1] = above[x + 1] + row[0] + ... + row[x], out[0] = 0: a row of a summed-area table.
void vk_integral_row(const uint8_t *row, const uint32_t *above, uint32_t *out, size_t width);
void vk_integral_squares_row(const uint8_t *row, const uint64_t *above, uint64_t *out, size_t width);
// A median over (2 radius + 1)^2 of one sample a pixel by moving histograms (Huang, Yang, Tang 1979); `rows` are
// 2 radius + 1 rows readable from -radius to width + radius.
void vk_median_row_u8(const uint8_t *const *rows, int radius, uint8_t *out, size_t width);

// MARK: Pairs of hashes (hash_pairs.c)

typedef struct {
    uint32_t query, index;
} vk_hash_pair;

// Pairs of a query and a hash of the list that differ in at most `radius` bits, queries in groups. Stops before a query
// for which there may be no room (`capacity` is at least four times `count`); *done = how many queries were looked at.
size_t vk_hamming_pairs_64(
    const uint64_t *queries, size_t query_count, const uint64_t *list, size_t count, uint32_t radius,
    vk_hash_pair *pairs, size_t capacity, size_t *done, int32_t variant);

#endif
