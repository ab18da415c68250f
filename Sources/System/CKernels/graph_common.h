// What the bodies of graph_body.h share: pools, heaps, links.
#ifndef VITRINE_GRAPH_COMMON_H
#define VITRINE_GRAPH_COMMON_H

#include <string.h>

#include "CKernelsGraph.h"
#include "CKernelsVariant.h"

#define VK_MAX_LINKS 256
#define VK_EXPANDED 0x80000000u

static inline uint32_t vk_read_link(const uint8_t *links, uint32_t i, uint32_t width) {
    uint32_t link;
    if (width == 4) {
        memcpy(&link, links + (size_t)i * 4, 4);
        return link;
    }
    // Little-endian: the fourth byte is the next link's first; the array has a byte to spare at its end.
    memcpy(&link, links + (size_t)i * 3, 4);
    return link & 0xFFFFFFu;
}

// Which of the 64 nodes from `first` on may be found, the first in the lowest bit. Loops over one column each, which the
// compiler turns into a few wide comparisons.
static inline __attribute__((always_inline)) uint64_t vk_filter_bits(const vk_filter *f, uint32_t first) {
    uint8_t passes[64];
    memset(passes, 1, sizeof passes);
    if (f->asks_tenant) {
        for (uint32_t i = 0; i < 64; i++) passes[i] &= f->tenants[first + i] == f->tenant;
    }
    if (f->asks_category) {
        for (uint32_t i = 0; i < 64; i++) passes[i] &= f->categories[first + i] == f->category;
    }
    if (f->asks_flags) {
        for (uint32_t i = 0; i < 64; i++) passes[i] &= (f->flags[first + i] & f->flags_any) != 0;
    }
    if (f->asks_price) {
        const uint32_t low = f->price_low, span = f->price_high - low;
        for (uint32_t i = 0; i < 64; i++) passes[i] &= f->prices[first + i] - low <= span;
    }
    uint64_t bits = 0;
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t eight;
        memcpy(&eight, passes + 8 * i, 8);
        // Eight bytes of 0 or 1 become eight bits.
        bits |= (eight * 0x0102040810204080u >> 56) << (8 * i);
    }
    if (!f->removed) return bits;
    const uint32_t shift = first & 63;
    uint64_t removed = f->removed[first >> 6] >> shift;
    if (shift) removed |= f->removed[(first >> 6) + 1] << (64 - shift);
    return bits & ~removed;
}

static inline void vk_prefetch_links(const vk_level *level, uint32_t place) {
    const uint8_t *links = level->links + (size_t)place * level->capacity * level->width;
    __builtin_prefetch(links);
    __builtin_prefetch(links + 64);
}

static inline void vk_next_epoch(vk_scratch *scratch) {
    if (++scratch->epoch > 255) {
        memset(scratch->visited, 0, scratch->capacity);
        scratch->epoch = 1;
    }
}

// Puts a hit where it belongs in an ascending pool of at most `limit`; returns the place it took.
static inline size_t vk_pool_insert(vk_hit *pool, size_t *size, size_t limit, vk_hit hit) {
    size_t low = 0, high = *size;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (pool[middle].distance <= hit.distance) low = middle + 1;
        else high = middle;
    }
    if (low >= limit) return low;
    const size_t last = *size < limit ? *size : limit - 1;
    memmove(pool + low + 1, pool + low, (last - low) * sizeof *pool);
    pool[low] = hit;
    *size = last + 1;
    return low;
}

// A heap with the nearest on top. One that is full drops the newcomer: the walk then ends a little earlier.
static inline void vk_queue_push(vk_hit *queue, size_t *size, size_t limit, vk_hit hit) {
    if (*size >= limit) return;
    size_t at = (*size)++;
    while (at > 0) {
        const size_t parent = (at - 1) / 2;
        if (queue[parent].distance <= hit.distance) break;
        queue[at] = queue[parent];
        at = parent;
    }
    queue[at] = hit;
}

static inline vk_hit vk_queue_pop(vk_hit *queue, size_t *size) {
    const vk_hit top = queue[0], last = queue[--*size];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= *size) break;
        if (child + 1 < *size && queue[child + 1].distance < queue[child].distance) child++;
        if (queue[child].distance >= last.distance) break;
        queue[at] = queue[child];
        at = child;
    }
    queue[at] = last;
    return top;
}

// Ascending, equal distances by number; lists are short and nearly sorted.
static inline void vk_sort_hits(vk_hit *hits, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const vk_hit hit = hits[i];
        size_t at = i;
        while (at > 0
               && (hits[at - 1].distance > hit.distance
                   || (hits[at - 1].distance == hit.distance && hits[at - 1].node > hit.node))) {
            hits[at] = hits[at - 1];
            at--;
        }
        hits[at] = hit;
    }
}

static inline void vk_set_links(vk_level *level, uint32_t place, const vk_hit *hits, size_t count) {
    uint32_t *links = (uint32_t *)(void *)level->links + (size_t)place * level->capacity;
    float *distances = level->distances + (size_t)place * level->capacity;
    for (size_t i = 0; i < count; i++) {
        links[i] = hits[i].node;
        distances[i] = hits[i].distance;
    }
    level->counts[place] = (uint8_t)count;
}

#endif
