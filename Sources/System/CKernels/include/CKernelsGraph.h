// Walks over a navigable small-world graph (Malkov, Yashunin 2018): search, and the building of one.
//
// Node numbers, links and lengths are trusted here: VectorIndex checks them when it opens a file.
#ifndef VITRINE_CKERNELS_GRAPH_H
#define VITRINE_CKERNELS_GRAPH_H

#include <stddef.h>
#include <stdint.h>

// What the bytes of a code mean.
enum {
    VK_CODE_INT8 = 0,  // value + 128 as an unsigned byte, 128 in the padding; the vector is scale * value
    VK_CODE_HALF = 1,  // IEEE half floats, zero in the padding; scale is 1
    VK_CODE_INT4 = 2,  // value + 8 in half a byte, 8 in the padding: values j and 64 + j of 128 share byte j, j low
};

// `count` codes of `stride` bytes (a multiple of 64), each on a cache line's boundary.
typedef struct {
    const uint8_t *codes;
    const float *scales;  // NULL: all 1
    const float *biases;  // squared lengths for Euclidean distance; NULL: all 0
    size_t stride;
    uint32_t count;
    int32_t encoding;
} vk_codes;

// distance = offset + bias - factor * scale * dot(query, code)
typedef struct {
    const void *values;   // int8, int4: signed bytes, stride or 2 * stride of them; half: floats, stride / 2 of them
    int32_t correction;   // int8: 128 * sum of the values; int4: 8 * sum
    float factor;
    float offset;
} vk_query;

// A level of the graph. Level 0 has a place a node; upper levels list their nodes.
typedef struct {
    uint8_t *links;         // places of this level, `width` bytes each, `capacity` a place
    uint8_t *counts;        // links in use at a place; NULL: all, unused ones point at the place itself
    float *distances;       // beside each link; only while a graph is built
    const uint32_t *nodes;  // node at a place; NULL: the place's own number
    const uint32_t *down;   // the same node's place one level below; NULL: the node's number
    uint32_t count;
    uint32_t capacity;
    uint32_t degree;        // building cuts a full list back to this
    uint32_t width;         // 3 or 4
} vk_level;

typedef struct {
    float distance;
    uint32_t node;
} vk_hit;

// Working memory of one search; reused by the next.
typedef struct {
    uint8_t *visited;  // a byte a place, `capacity` of them and 4 more
    vk_hit *pool;      // effort + 1
    vk_hit *queue;     // heap of a filtered walk; grows up to queue_capacity
    uint32_t capacity;
    uint32_t pool_capacity;
    uint32_t queue_capacity;
    uint32_t epoch;    // 1...255
    uint64_t evaluated;  // distances computed, for reports
} vk_scratch;

// Which nodes may be found. Rows are the node's number. NULL lists mean that nothing is asked of them.
typedef struct {
    const uint64_t *removed;     // bits of nodes that are gone
    const uint32_t *tenants;     // one value a node
    const uint16_t *categories;
    const uint16_t *flags;
    const uint32_t *prices;
    uint32_t tenant;
    uint32_t price_low;
    uint32_t price_high;
    uint16_t category;
    uint16_t flags_any;          // at least one of these bits
    uint8_t asks_tenant, asks_category, asks_flags, asks_price;
} vk_filter;

// Whether a node may be found.
static inline int vk_filter_passes(const vk_filter *f, uint32_t node) {
    if (f->removed && (f->removed[node >> 6] >> (node & 63) & 1)) return 0;
    if (f->asks_tenant && f->tenants[node] != f->tenant) return 0;
    if (f->asks_category && f->categories[node] != f->category) return 0;
    if (f->asks_flags && !(f->flags[node] & f->flags_any)) return 0;
    if (f->asks_price && (f->prices[node] < f->price_low || f->prices[node] > f->price_high)) return 0;
    return 1;
}

// Distances of the nodes to the query.
void vk_graph_distances(const vk_codes *codes, const vk_query *query, const uint32_t *nodes, size_t count,
                        float *distances, int32_t variant);

// Greedy descent from levels[count - 1] (place 0) to the node nearest on levels[1]; 0 where there is one level.
uint32_t vk_graph_descend(const vk_codes *codes, const vk_level *levels, size_t count, const vk_query *query,
                          vk_scratch *scratch, int32_t variant);

// Best-first walk on levels[0] from `entry`, keeping `effort` best; they lie ascending in scratch->pool.
// Returns how many there are.
size_t vk_graph_walk(const vk_codes *codes, const vk_level *level, const vk_query *query, uint32_t entry,
                     size_t effort, vk_scratch *scratch, int32_t variant);

// The same, but only nodes that pass the filter are kept; others are walked through. Stops after `budget` distances.
size_t vk_graph_walk_filtered(const vk_codes *codes, const vk_level *level, const vk_query *query, uint32_t entry,
                              size_t effort, const vk_filter *filter, uint64_t budget, vk_scratch *scratch,
                              int32_t variant);

// Looks at the rows first ..< first + count that pass the filter (NULL: all) and keeps the best `keep` beside the `size`
// hits that lie in scratch->pool already. Returns how many lie there then.
size_t vk_graph_scan(const vk_codes *codes, const vk_query *query, uint32_t first, uint32_t count, size_t keep,
                     size_t size, const vk_filter *filter, vk_scratch *scratch, int32_t variant);

// How many of `samples` rows, evenly spread over `count`, pass the filter.
uint32_t vk_filter_sample(const vk_filter *filter, uint32_t count, uint32_t samples);

// What building needs beside the levels.
typedef struct {
    vk_codes codes;
    vk_level *levels;        // level_count of them, links of width 4, with counts and distances
    uint32_t level_count;
    uint32_t top;            // levels in use so far; 0: the graph is empty
    uint32_t entry;          // place on level top - 1 where walks begin
    uint32_t degree;         // links that a new node makes on each level
    uint32_t effort;         // candidates looked at for them
    float slack;             // a candidate hidden behind a nearer neighbour is kept if slack * their distance is larger
    int32_t metric;          // see vk_metric
    int8_t *query_bytes;     // stride bytes, or stride / 2 floats for half
    void *other_query;       // the same again
    uint32_t *kept;          // capacity of the largest level, and 1
    vk_hit *candidates;      // effort + largest capacity + 1
    vk_scratch scratch;
} vk_build;

enum vk_metric { VK_COSINE = 0, VK_INNER_PRODUCT = 1, VK_EUCLIDEAN = 2 };

// Adds a node to the levels 0...level. places[l] is its place on level l.
void vk_build_insert(vk_build *build, uint32_t level, const uint32_t *places, int32_t variant);

// Cuts each list that is longer than the level's degree.
void vk_build_finish(vk_build *build, int32_t variant);

#endif
