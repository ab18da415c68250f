// The table through which graph.c reaches the bodies.
#ifndef VITRINE_GRAPH_ENTRIES_H
#define VITRINE_GRAPH_ENTRIES_H

#include "CKernelsGraph.h"
#include "CKernelsVariant.h"

typedef struct {
    void (*distances)(const vk_codes *, const vk_query *, const uint32_t *, size_t, float *);
    uint32_t (*greedy)(const vk_codes *, const vk_level *, const vk_query *, uint32_t, vk_scratch *);
    size_t (*walk)(const vk_codes *, const vk_level *, const vk_query *, uint32_t, size_t, vk_scratch *);
    size_t (*walk_filtered)(const vk_codes *, const vk_level *, const vk_query *, uint32_t, size_t, const vk_filter *,
                            uint64_t, vk_scratch *);
    size_t (*scan)(const vk_codes *, const vk_query *, uint32_t, uint32_t, size_t, size_t, const vk_filter *,
                   vk_scratch *);
    void (*insert)(vk_build *, uint32_t, const uint32_t *);
    void (*finish)(vk_build *);
} vk_graph_entries;

extern const vk_graph_entries vk_int8_entries[3];
extern const vk_graph_entries vk_half_entries[3];
extern const vk_graph_entries vk_int4_entries[3];

#define VK_ENTRIES_OF(v) \
    {vk_##v##_distances, vk_##v##_greedy, vk_##v##_walk, vk_##v##_walk_filtered, \
     vk_##v##_scan, vk_##v##_insert, vk_##v##_finish}

#if VK_X86
#define VK_ENTRIES {VK_ENTRIES_OF(plain), VK_ENTRIES_OF(avx2), VK_ENTRIES_OF(avx512)}
#else
#define VK_ENTRIES {VK_ENTRIES_OF(plain), VK_ENTRIES_OF(plain), VK_ENTRIES_OF(plain)}
#endif

#endif
