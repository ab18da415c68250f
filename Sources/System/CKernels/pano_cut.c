// Least cuts of grids by two search trees (Boykov and Kolmogorov 2004), and the largest rectangle inside a mask.
#include "CKernelsPanorama.h"

#include <stdlib.h>
#include <string.h>

// Directions 0 right, 1 left, 2 down, 3 up; the opposite is direction ^ 1.
enum { NONE = 4, TERMINAL = 5, ORPHAN = 6 };
enum { FREE = 0, SOURCE = 1, SINK = 2 };

typedef struct {
    int32_t width, height, wrap, count, clock;
    int32_t *rest[4], *terminal, *stamp, *distance, *queue, *orphans;
    uint8_t *tree, *parent, *queued, *rim;
    int32_t offset[4];
    int32_t head, tail, orphan_head, orphan_tail;
    int64_t flow;
} grid;

// The node in a direction. Rims have a bit for each direction in which the grid ends or goes round.
static inline int32_t neighbour(const grid *g, int32_t node, int direction) {
    if (!(g->rim[node] >> direction & 1)) return node + g->offset[direction];
    if (direction >= 2 || !g->wrap || g->width <= 2) return -1;
    return direction == 0 ? node + 1 - g->width : node - 1 + g->width;
}

// Capacity left from a node towards its neighbour in a direction.
static inline int32_t *capacity(grid *g, int32_t node, int direction, int32_t other) {
    // rest[0], rest[2] stand with the left or upper node; rest[1], rest[3] are their way back.
    return g->rest[direction] + (direction & 1 ? other : node);
}

static void activate(grid *g, int32_t node) {
    if (g->queued[node]) return;
    g->queued[node] = 1;
    g->queue[g->tail] = node;
    g->tail = g->tail + 1 == g->count + 1 ? 0 : g->tail + 1;
}

static void orphan(grid *g, int32_t node) {
    g->parent[node] = ORPHAN;
    g->orphans[g->orphan_tail] = node;
    g->orphan_tail = g->orphan_tail + 1 == g->count + 1 ? 0 : g->orphan_tail + 1;
}

// The least capacity along a path from a node to its root, or its change by `less`.
static int32_t along(grid *g, int32_t node, int tree, int32_t less) {
    int32_t least = INT32_MAX;
    while (g->parent[node] != TERMINAL) {
        const int direction = g->parent[node];
        const int32_t up = neighbour(g, node, direction);
        int32_t *forth = tree == SOURCE ? capacity(g, up, direction ^ 1, node) : capacity(g, node, direction, up);
        if (less) {
            int32_t *back = tree == SOURCE ? capacity(g, node, direction, up) : capacity(g, up, direction ^ 1, node);
            *forth -= less;
            *back += less;
            if (*forth == 0) orphan(g, node);
        } else if (*forth < least) {
            least = *forth;
        }
        node = up;
    }
    if (less) {
        g->terminal[node] -= tree == SOURCE ? less : -less;
        if (g->terminal[node] == 0) orphan(g, node);
        return 0;
    }
    const int32_t last = tree == SOURCE ? g->terminal[node] : -g->terminal[node];
    return last < least ? last : least;
}

static void augment(grid *g, int32_t node, int direction) {
    const int32_t other = neighbour(g, node, direction);
    const int32_t from = g->tree[node] == SOURCE ? node : other, to = from == node ? other : node;
    const int way = from == node ? direction : direction ^ 1;
    int32_t least = *capacity(g, from, way, to);
    const int32_t first = along(g, from, SOURCE, 0), last = along(g, to, SINK, 0);
    least = first < least ? first : least;
    least = last < least ? last : least;
    *capacity(g, from, way, to) -= least;
    *capacity(g, to, way ^ 1, from) += least;
    along(g, from, SOURCE, least);
    along(g, to, SINK, least);
    g->flow += least;
}

// How far a node is from the root of its tree, or -1 when its path ends at an orphan.
static int32_t rooted(grid *g, int32_t node) {
    int32_t steps = 0, at = node;
    while (1) {
        if (g->stamp[at] == g->clock) {
            steps += g->distance[at];
            break;
        }
        const int direction = g->parent[at];
        if (direction == TERMINAL) {
            steps++;
            g->stamp[at] = g->clock;
            g->distance[at] = 1;
            break;
        }
        if (direction == ORPHAN || direction == NONE) return -1;
        steps++;
        at = neighbour(g, at, direction);
    }
    int32_t left = steps;
    for (at = node; g->stamp[at] != g->clock; at = neighbour(g, at, g->parent[at])) {
        g->stamp[at] = g->clock;
        g->distance[at] = left--;
    }
    return steps;
}

static void adopt(grid *g, int32_t node) {
    const int tree = g->tree[node];
    int32_t best = INT32_MAX;
    int found = NONE;
    for (int direction = 0; direction < 4; direction++) {
        const int32_t other = neighbour(g, node, direction);
        if (other < 0 || g->tree[other] != tree) continue;
        const int32_t way = tree == SOURCE ? *capacity(g, other, direction ^ 1, node) : *capacity(g, node, direction, other);
        if (way == 0) continue;
        const int32_t steps = rooted(g, other);
        if (steps >= 0 && steps < best) {
            best = steps;
            found = direction;
        }
    }
    if (found != NONE) {
        g->parent[node] = (uint8_t)found;
        g->stamp[node] = g->clock;
        g->distance[node] = best + 1;
        return;
    }
    for (int direction = 0; direction < 4; direction++) {
        const int32_t other = neighbour(g, node, direction);
        if (other < 0 || g->tree[other] != tree) continue;
        const int32_t way = tree == SOURCE ? *capacity(g, other, direction ^ 1, node) : *capacity(g, node, direction, other);
        if (way > 0) activate(g, other);
        if (g->parent[other] == (direction ^ 1)) orphan(g, other);
    }
    g->tree[node] = FREE;
    g->parent[node] = NONE;
}

// Grows the tree of an active node; returns the direction of a path to the other tree, or NONE.
static int grow(grid *g, int32_t node) {
    const int tree = g->tree[node];
    for (int direction = 0; direction < 4; direction++) {
        const int32_t other = neighbour(g, node, direction);
        if (other < 0) continue;
        const int32_t way = tree == SOURCE ? *capacity(g, node, direction, other) : *capacity(g, other, direction ^ 1, node);
        if (way == 0) continue;
        if (g->tree[other] == FREE) {
            g->tree[other] = (uint8_t)tree;
            g->parent[other] = (uint8_t)(direction ^ 1);
            g->stamp[other] = g->stamp[node];
            g->distance[other] = g->distance[node] + 1;
            activate(g, other);
        } else if (g->tree[other] != tree) {
            return direction;
        } else if (g->stamp[other] <= g->stamp[node] && g->distance[other] > g->distance[node] + 1
                   && g->parent[other] < NONE) {
            g->parent[other] = (uint8_t)(direction ^ 1);
            g->stamp[other] = g->stamp[node];
            g->distance[other] = g->distance[node] + 1;
        }
    }
    return NONE;
}

static void run(grid *g) {
    for (int32_t node = 0; node < g->count; node++) {
        g->parent[node] = NONE;
        if (g->terminal[node] == 0) continue;
        g->tree[node] = g->terminal[node] > 0 ? SOURCE : SINK;
        g->parent[node] = TERMINAL;
        g->distance[node] = 1;
        activate(g, node);
    }
    while (g->head != g->tail) {
        const int32_t node = g->queue[g->head];
        int direction = NONE;
        if (g->tree[node] != FREE) direction = grow(g, node);
        if (direction == NONE) {
            g->queued[node] = 0;
            g->head = g->head + 1 == g->count + 1 ? 0 : g->head + 1;
            continue;
        }
        g->clock++;
        augment(g, node, direction);
        while (g->orphan_head != g->orphan_tail) {
            const int32_t lost = g->orphans[g->orphan_head];
            g->orphan_head = g->orphan_head + 1 == g->count + 1 ? 0 : g->orphan_head + 1;
            adopt(g, lost);
        }
    }
}

int64_t vk_grid_cut(
    int32_t width, int32_t height, int wrap, int32_t *terminal, int32_t *right, int32_t *left, int32_t *down,
    int32_t *up, uint8_t *side) {
    grid g = {.width = width, .height = height, .wrap = wrap, .count = width * height, .clock = 1};
    const size_t n = (size_t)g.count;
    g.rest[0] = right;
    g.rest[1] = left;
    g.rest[2] = down;
    g.rest[3] = up;
    g.terminal = terminal;
    int32_t *words = calloc(4 * (n + 1), sizeof(int32_t));
    uint8_t *bytes = calloc(4, n);
    if (!words || !bytes) {
        free(words);
        free(bytes);
        return -1;
    }
    g.stamp = words;
    g.distance = words + n + 1;
    g.queue = words + 2 * (n + 1);
    g.orphans = words + 3 * (n + 1);
    g.tree = bytes;
    g.parent = bytes + n;
    g.queued = bytes + 2 * n;
    g.rim = bytes + 3 * n;
    const int32_t offset[4] = {1, -1, width, -width};
    memcpy(g.offset, offset, sizeof offset);
    for (int32_t y = 0; y < height; y++) {
        uint8_t *rim = g.rim + (size_t)y * (size_t)width;
        memset(rim, (y + 1 == height) << 2 | (y == 0) << 3, (size_t)width);
        rim[0] |= 2;
        rim[width - 1] |= 1;
    }
    run(&g);
    for (size_t i = 0; i < n; i++) side[i] = g.tree[i] == SINK ? 1 : 0;
    free(words);
    free(bytes);
    return g.flow;
}

int32_t vk_largest_rectangle(const uint8_t *mask, size_t width, size_t height, int32_t out[4]) {
    // Heights of full columns above each row, and a stack of rising ones.
    int32_t *tall = calloc(width + 1, sizeof(int32_t)), *stack = calloc(width + 1, sizeof(int32_t));
    if (!tall || !stack) {
        free(tall);
        free(stack);
        return 0;
    }
    int64_t best = 0;
    memset(out, 0, 4 * sizeof(int32_t));
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) tall[x] = mask[y * width + x] ? tall[x] + 1 : 0;
        int32_t depth = 0;
        for (int32_t x = 0; x <= (int32_t)width; x++) {
            const int32_t here = x < (int32_t)width ? tall[x] : 0;
            while (depth > 0 && tall[stack[depth - 1]] >= here) {
                const int32_t high = tall[stack[--depth]], from = depth ? stack[depth - 1] + 1 : 0;
                if ((int64_t)high * (x - from) > best) {
                    best = (int64_t)high * (x - from);
                    out[0] = from;
                    out[1] = (int32_t)y - high + 1;
                    out[2] = x - from;
                    out[3] = high;
                }
            }
            if (x < (int32_t)width) stack[depth++] = x;
        }
    }
    free(tall);
    free(stack);
    return 1;
}
