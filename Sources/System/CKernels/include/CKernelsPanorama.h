// Loops of the panorama: points and their codes, matching, sums for the solvers, places, seams and bands.
//
// The caller checks every length once (Sources/Base/Kernels/Panorama); nothing here does. Pixel centres stand at whole
// numbers, y points down. Nothing here depends on the processor but matching, whose whole numbers are the same in all
// variants, and float loops whose bodies fuse nothing.
#ifndef CKERNELS_PANORAMA_H
#define CKERNELS_PANORAMA_H

#include <stddef.h>
#include <stdint.h>

#include "CKernelsVariant.h"

// MARK: Points (pano_points.c)

// A point of a scale space: place in pixels of its octave, layer (number of a difference, with its fraction), contrast.
typedef struct {
    float x, y, layer, response;
} vk_scale_point;

// Extrema over place and scale in `layers` differences of Gaussians, refined by a quadratic, with the contrast and the
// ratio of curvatures that Lowe 2004 asks for (sections 3-4.1). Stops at `capacity`.
size_t vk_scale_points(
    const float *const *differences, int32_t layers, size_t width, size_t height, float contrast, float edge_ratio,
    vk_scale_point *out, size_t capacity);

// out = a - b.
void vk_subtract_f32(const float *a, const float *b, float *out, size_t count, int32_t variant);

// Length and direction (turns, 0 <= t < 1, from +x to +y) of central differences; zero on the outermost pixels.
void vk_gradient_polar(
    const float *image, size_t width, size_t height, float *length, float *turns, int32_t variant);

// Directions in turns of peaks >= 80 % of a smoothed histogram of 36 bins; returns how many, at most 4.
int32_t vk_dominant_turns(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float out[4]);

// A histogram of 4 x 4 x 8 gradients around a point, turned by its direction (Lowe 2004, section 6.1), as a code of
// 128 values of 7 bits: root of the L1-normalised vector (Arandjelovic and Zisserman 2012). `norm` is its squared length.
void vk_gradient_code(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float turn,
    uint8_t *out, int32_t *norm, int32_t variant);

// The same before it is made a code: 128 roots of shares, squared length 1.
void vk_gradient_roots(
    const float *length, const float *turns, size_t width, size_t height, float x, float y, float sigma, float turn,
    float out[128]);

// radius[i] = squared distance to the nearest point that is stronger than point i by 1 / `margin`; points are sorted by
// falling strength (adaptive non-maximal suppression, Brown, Szeliski and Winder 2005).
void vk_suppression_radii(
    const float *x, const float *y, const float *strength, size_t count, float margin, float *radius, int32_t variant);

// MARK: Matching (pano_match.c)

typedef struct {
    int32_t index, best, second;
} vk_nearest;

// Codes in blocks of 16 rows, groups of 4 values together: (count rounded up to 16) x 128 bytes.
void vk_pack_codes(const uint8_t *codes, size_t count, uint8_t *packed);

// The nearest and second nearest of `b` for each row of `a`, and the nearest of `a` for each row of `b`, by squared
// distance; equal distances go to the lower number. Norms of `b` and the columns have room for a multiple of 16.
void vk_match_codes(
    const uint8_t *a, const int32_t *a_norms, size_t a_count, const uint8_t *b_packed, const int32_t *b_norms,
    size_t b_count, vk_nearest *rows, int32_t *column_index, int32_t *column_best, int32_t variant);

// MARK: Estimation (pano_estimate.c)

// Pairs are x0 y0 x1 y1. Counts those that H (row-major) sends within the limit, and adds min(e^2, limit) to *cost.
size_t vk_transfer_score(
    const double *h, const float *pairs, size_t count, float squared_limit, uint8_t *inside, double *cost);

// A turning camera: rotation world to camera, focal length, lens, and 1 / (half diagonal)^2.
typedef struct {
    double rotation[9];
    double focal, lens, inverse_square;
} vk_ray_view;

// Adds the normal equations of sqrt(fj fk) (wj - wk) with Huber weights for 10 unknowns: turn j (3), f j, lens j,
// turn k (3), f k, lens k. `matrix` is 10 x 10 (upper half), `vector` is J^T r. Returns the robust cost.
double vk_ray_normal(
    const vk_ray_view *j, const vk_ray_view *k, const double *pairs, size_t count, double huber, double *matrix,
    double *vector, int32_t variant);
// errors[i] = length of the same residual.
void vk_ray_errors(
    const vk_ray_view *j, const vk_ray_view *k, const double *pairs, size_t count, double *errors);

// Adds the normal equations of |x_j - project(Hj^-1 Hi x_i)| for the 18 entries of Hi and Hj.
double vk_plane_normal(
    const double *hi, const double *hj_inverse, const double *pairs, size_t count, double huber, double *matrix,
    double *vector);
void vk_plane_errors(
    const double *hi, const double *hj_inverse, const double *pairs, size_t count, double *errors);

// Solves (A + diag(damping)) x = b by Cholesky; A (n x n, lower half read) is destroyed, b becomes x. 0 = not positive.
int32_t vk_cholesky_solve(double *a, double *b, size_t n);

// MARK: Alignment by brightness (pano_align.c)

enum { VK_LOSS_SQUARES = 0, VK_LOSS_HUBER = 1, VK_LOSS_GEMAN_MCCLURE = 2, VK_LOSS_ABSOLUTE = 3 };

// What one step compares. Rows of the template's planes have `stride` values, a multiple of 16, with weights of 0 where
// there is no pixel; `across`, `down` and `turn` are what a shift to the right, a shift down, and -1 times a change of
// depth do to the template (slopes, and slopes times place). The picture has values everywhere.
typedef struct {
    const float *values, *weights, *across, *down, *turn;
    size_t width, height, stride;
    const float *picture;
    size_t picture_width, picture_height;
    double map[9];
    float origin_x, origin_y, gain, bias, scale;
    double greatest_lean;
    int32_t loss, cubic;
} vk_alignment;

// e = sample - (1 + gain) value - bias. Adds to out[0...10] the sum of w e de/dh for the nine entries of a homography,
// gain and bias, to out[11] the cost, to out[12] the weight, and tells how many pixels the picture shows. With `pulls`
// (three rows of `stride` floats for each 16 rows, begun with 0) the sums of w e across, w e down and w go there column by
// column instead. Where the map leans by at most `greatest_lean` a pixel, 16 pixels of a row are sampled at one
// fraction and the rest is added by the template's slopes; elsewhere each by itself.
void vk_align_step(const vk_alignment *k, float *pulls, double *out, size_t *counted, int32_t variant);

// MARK: Places (pano_places.c)

// Where the pixels of one row of a surface lie in a photo: ray = (across[i] * level, lift * rise[i], ahead[i] * level),
// turned by m (row-major), divided by its depth, times f, bent by the lens (division model, Fitzgibbon 2001; `lens` is
// per squared pixel), moved to the centre. Behind the camera: NaN.
typedef struct {
    float m[9];
    float focal, lens, centre_x, centre_y;
} vk_view;
void vk_surface_places(
    const vk_view *view, const float *across, const float *rise, const float *ahead, float level, float lift, float *x,
    float *y, size_t count, int32_t variant);

// For each pixel of a row: where this photo is valid and its score (huge where `wanted` names it, else the distance to
// its border) beats the best so far, label and best are replaced.
void vk_claim_pixels(
    const float *x, const float *y, size_t count, float width, float height, const int16_t *wanted, int16_t photo,
    int16_t *label, float *best, int32_t variant);

// MARK: Bands (pano_bands.c): pixels of four floats, colour times weight and weight

// out (half the sides, rounded up) = 1 4 6 4 1 both ways; zero outside, or wrapped in x. `width` is even when wrapped.
void vk_reduce4(const float *in, size_t width, size_t height, int wrap, float *out, int32_t variant);
// The same for one float a pixel.
void vk_reduce1(const float *in, size_t width, size_t height, int wrap, float *out, int32_t variant);
// sums += weight * (colour of level - colour of the expanded next level), and the weight; next = NULL on the last one.
// The rows of `sums` are `stride` pixels apart.
void vk_add_band(
    const float *level, const float *next, const float *weight, size_t width, size_t height, int wrap, float *sums,
    size_t stride, int32_t variant);
// level = colour of the sums + colour of the expanded next level, with weight 1 where there is any, else 0.
void vk_collapse_band(
    const float *sums, const float *next, size_t width, size_t height, int wrap, float *level, int32_t variant);
// Pixels of 1 or 3 samples, and their tone: three gains over 1 + v1 r2 + v2 r4, r = 1 in the corners.
typedef struct {
    const uint8_t *pixels;
    int32_t width, height, stride, samples;
    float gains[3], v1, v2;
} vk_photo;
// What the photo shows at places between its pixels (bilinear, in 1/256 of a pixel, as bytes), in its tone: colours and 1, or
// four zeros where it shows nothing (pano_lift.c).
void vk_lift_pixels(
    const vk_photo *photo, const float *x, const float *y, size_t count, float *out, int32_t variant);
// Bytes and mask out of collapsed pixels, each times its factor unless `factors` is NULL.
void vk_settle_pixels(const float *level, const float *factors, size_t count, uint8_t *rgb, uint8_t *mask);

// MARK: Tone (pano_tone.c)

// Pixels of four floats (weight 0 or 1) become a + z (b + z c), with the coefficients of a row of nodes: 12 floats each
// (a, b, c of red, green, blue and a spare). Pixel i stands at node first + i step; beyond the ends the last node holds.
void vk_bend_pixels(float *pixels, size_t count, const float *nodes, size_t node_count, float first, float step);

// MARK: Seams (pano_cut.c, pano_labels.c)

// Least cut of a grid whose nodes touch their four neighbours. `terminal` > 0: capacity from the source, < 0: to the
// sink. `right[i]` / `left[i]`: capacity from i to i + 1 and back; `down` / `up` likewise. side[i] = 1 on the sink's
// side. Capacities are destroyed. Returns the flow, or -1 when there is no memory.
int64_t vk_grid_cut(
    int32_t width, int32_t height, int wrap, int32_t *terminal, int32_t *right, int32_t *left, int32_t *down,
    int32_t *up, uint8_t *side);

// A photo on the small canvas: its box, colours (3 bytes), and how deep inside it each pixel lies (0 outside, 1...255).
// `data` (or NULL) is what each pixel costs besides; `edges` (or NULL) are lengths of gradients, by which seams are
// divided: no metric any more, so the caller compares energies and takes a move back that raised it.
typedef struct {
    int32_t x, y, width, height;
    const uint8_t *rgb;
    const uint8_t *depth;
    const int32_t *data;
    const uint8_t *edges;
} vk_piece;

// One expansion move of label `alpha` over all pixels where its photo is valid (Boykov, Veksler and Zabih 2001, with the
// seam cost of Agarwala et al. 2004). Where `open` is given and 0, labels stay. Returns 1 when labels changed, 0 when not, -1 without memory.
int32_t vk_expand_label(
    const vk_piece *pieces, int32_t count, int16_t *labels, const uint8_t *open, int32_t width, int32_t height, int wrap,
    int32_t alpha, int32_t depth_weight);
// The energy that the moves lower.
int64_t vk_label_energy(
    const vk_piece *pieces, int32_t count, const int16_t *labels, int32_t width, int32_t height, int wrap,
    int32_t depth_weight);

// Asks the C library to keep so many freed bytes for what comes next. Returns 1 when it will.
int vk_keep_heap(int32_t bytes);

// Asks for pages of 2 MiB for the next `bytes` of the heap, which all threads share from then on. Returns 1 when asked.
int vk_large_pages(size_t bytes);

// The largest upright rectangle of non-zero bytes: x, y, width, height. Returns 0 without memory.
int32_t vk_largest_rectangle(const uint8_t *mask, size_t width, size_t height, int32_t out[4]);

#endif
