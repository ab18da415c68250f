// Which photo shows each pixel of a small canvas, by expansion moves (Boykov, Veksler and Zabih 2001).
#include "CKernelsPanorama.h"

#include <stdlib.h>
#include <string.h>

// A cut here is impossible; sums of a few stay within 32 bits.
#define NEVER 100000000

// Where a pixel of the canvas lies in a piece, or -1.
static inline ptrdiff_t within(const vk_piece *piece, int32_t x, int32_t y, int32_t width, int wrap) {
    int32_t px = x - piece->x;
    const int32_t py = y - piece->y;
    if (wrap && px < 0) px += width;
    if (px < 0 || px >= piece->width || py < 0 || py >= piece->height) return -1;
    const ptrdiff_t at = (ptrdiff_t)py * piece->width + px;
    return piece->depth[at] ? at : -1;
}

static inline int32_t difference(
    const vk_piece *pieces, int32_t a, int32_t b, int32_t x, int32_t y, int32_t width, int wrap) {
    const ptrdiff_t in_a = within(pieces + a, x, y, width, wrap), in_b = within(pieces + b, x, y, width, wrap);
    // A photo that is not there differs as much as can be.
    if (in_a < 0 || in_b < 0) return 765;
    const uint8_t *p = pieces[a].rgb + in_a * 3, *q = pieces[b].rgb + in_b * 3;
    return abs(p[0] - q[0]) + abs(p[1] - q[1]) + abs(p[2] - q[2]);
}

// Levels of gradient that halve the cost of a seam.
#define EDGE 64

static inline int32_t edge(const vk_piece *piece, int32_t x, int32_t y, int32_t width, int wrap) {
    const ptrdiff_t at = within(piece, x, y, width, wrap);
    return at < 0 ? 0 : piece->edges[at];
}

// What it costs that label a ends and b begins between two pixels: a metric, with a little for the length.
static inline int32_t seam(
    const vk_piece *pieces, int32_t a, int32_t b, int32_t x0, int32_t y0, int32_t x1, int32_t y1, int32_t width,
    int wrap) {
    if (a == b || a < 0 || b < 0) return 0;
    const int32_t sum = difference(pieces, a, b, x0, y0, width, wrap) + difference(pieces, a, b, x1, y1, width, wrap);
    if (!pieces[a].edges || !pieces[b].edges) return 6 + sum;
    // Along edges that both photos have, a seam is not seen (Agarwala et al. 2004, section 3).
    return 6 + sum * EDGE / (EDGE + edge(pieces + a, x0, y0, width, wrap) + edge(pieces + a, x1, y1, width, wrap)
                                  + edge(pieces + b, x0, y0, width, wrap) + edge(pieces + b, x1, y1, width, wrap));
}

// What it costs to take a pixel from near the border of a photo, and what its data say.
static inline int32_t shallow(
    const vk_piece *pieces, int32_t label, int32_t x, int32_t y, int32_t width, int wrap, int32_t weight) {
    const ptrdiff_t at = within(pieces + label, x, y, width, wrap);
    if (at < 0) return NEVER;
    return weight * (255 - pieces[label].depth[at]) / 255 + (pieces[label].data ? pieces[label].data[at] : 0);
}

typedef struct {
    int32_t *terminal, *right, *left, *down, *up;
    uint8_t *side;
} moves;

static int make(moves *m, size_t count) {
    int32_t *words = calloc(count, 5 * sizeof(int32_t));
    m->side = malloc(count);
    m->terminal = words;
    if (!words || !m->side) return 0;
    m->right = words + count;
    m->left = words + 2 * count;
    m->down = words + 3 * count;
    m->up = words + 4 * count;
    return 1;
}

// Neighbours p and q that the move may both change (Kolmogorov and Zabih 2004).
static void join(
    moves *m, size_t p, size_t q, int32_t keep, int32_t only_q, int32_t only_p, int32_t *forth) {
    // terminal > 0 speaks against a change: the change costs that much.
    m->terminal[p] += only_p - keep;
    m->terminal[q] -= only_p;
    const int32_t rest = only_q + only_p - keep;
    *forth += rest > 0 ? rest : 0;
}

int32_t vk_expand_label(
    const vk_piece *pieces, int32_t count, int16_t *labels, const uint8_t *open, int32_t width, int32_t height, int wrap,
    int32_t alpha, int32_t depth_weight) {
    (void)count;
    const vk_piece *piece = pieces + alpha;
    const int32_t w = piece->width, h = piece->height;
    const int whole = wrap && w == width;
    moves m;
    if (!make(&m, (size_t)w * (size_t)h)) {
        free(m.terminal);
        free(m.side);
        return -1;
    }
    for (int32_t y = 0; y < h; y++) {
        const int32_t cy = piece->y + y;
        for (int32_t x = 0; x < w; x++) {
            const size_t p = (size_t)y * (size_t)w + (size_t)x;
            const int32_t raw = piece->x + x, cx = raw >= width ? raw - width : raw;
            const int32_t label = labels[cy * width + cx];
            const int free_p = piece->depth[p] && label != alpha && label >= 0 && (!open || open[cy * width + cx]);
            if (free_p) {
                m.terminal[p] += shallow(pieces, alpha, cx, cy, width, wrap, depth_weight)
                    - shallow(pieces, label, cx, cy, width, wrap, depth_weight);
            }
            // Right and lower neighbours; those outside the box on the other two sides are fixed.
            const int32_t steps[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
            for (int s = 0; s < 4; s++) {
                int32_t nx = cx + steps[s][0];
                const int32_t ny = cy + steps[s][1];
                if (ny < 0 || ny >= height) continue;
                if (nx < 0 || nx >= width) {
                    if (!wrap) continue;
                    nx = nx < 0 ? width - 1 : 0;
                }
                int32_t bx = x + steps[s][0];
                const int32_t by = y + steps[s][1];
                if (whole && bx >= w) bx = 0;
                if (whole && bx < 0) bx = w - 1;
                const int inside = bx >= 0 && bx < w && by >= 0 && by < h;
                if (inside && s >= 2) continue;  // seen from the other pixel
                const int32_t other = labels[ny * width + nx];
                if (other < 0 || label < 0) continue;
                const size_t q = inside ? (size_t)by * (size_t)w + (size_t)bx : 0;
                const int free_q = inside && piece->depth[q] && other != alpha && (!open || open[ny * width + nx]);
                if (!free_p && !free_q) continue;
                const int32_t keep = seam(pieces, label, other, cx, cy, nx, ny, width, wrap);
                const int32_t only_q = free_q ? seam(pieces, label, alpha, cx, cy, nx, ny, width, wrap) : 0;
                const int32_t only_p = free_p ? seam(pieces, alpha, other, cx, cy, nx, ny, width, wrap) : 0;
                if (free_p && free_q) {
                    join(&m, p, q, keep, only_q, only_p, s == 0 ? m.right + p : m.down + p);
                } else if (free_p) {
                    m.terminal[p] += only_p - keep;
                } else {
                    m.terminal[q] += only_q - keep;
                }
            }
        }
    }
    // From here on a capacity from the source is what a change costs: the sink's side changes.
    const int64_t flow = vk_grid_cut(w, h, whole, m.terminal, m.right, m.left, m.down, m.up, m.side);
    int32_t changed = flow < 0 ? -1 : 0;
    for (int32_t y = 0; flow >= 0 && y < h; y++) {
        for (int32_t x = 0; x < w; x++) {
            const size_t p = (size_t)y * (size_t)w + (size_t)x;
            const int32_t raw = piece->x + x, cx = raw >= width ? raw - width : raw;
            int16_t *label = labels + (piece->y + y) * width + cx;
            if (!m.side[p] || !piece->depth[p] || *label == alpha || *label < 0) continue;
            if (open && !open[(piece->y + y) * width + cx]) continue;
            *label = (int16_t)alpha;
            changed = 1;
        }
    }
    free(m.terminal);
    free(m.side);
    return changed;
}

int64_t vk_label_energy(
    const vk_piece *pieces, int32_t count, const int16_t *labels, int32_t width, int32_t height, int wrap,
    int32_t depth_weight) {
    (void)count;
    int64_t sum = 0;
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            const int32_t label = labels[y * width + x];
            if (label < 0) continue;
            sum += shallow(pieces, label, x, y, width, wrap, depth_weight);
            const int32_t right = x + 1 < width ? x + 1 : wrap ? 0 : -1;
            if (right >= 0) {
                sum += seam(pieces, label, labels[y * width + right], x, y, right, y, width, wrap);
            }
            if (y + 1 < height) sum += seam(pieces, label, labels[(y + 1) * width + x], x, y, x, y + 1, width, wrap);
        }
    }
    return sum;
}
