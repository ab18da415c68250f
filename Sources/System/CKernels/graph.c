// The entries of CKernelsGraph.h: each leads to the body for the codes' encoding and the variant.
#include "graph_entries.h"

static const vk_graph_entries *entries(const vk_codes *codes, int32_t variant) {
    switch (codes->encoding) {
    case VK_CODE_HALF: return &vk_half_entries[variant];
    case VK_CODE_INT4: return &vk_int4_entries[variant];
    default: return &vk_int8_entries[variant];
    }
}

void vk_graph_distances(const vk_codes *codes, const vk_query *query, const uint32_t *nodes, size_t count,
                        float *distances, int32_t variant) {
    entries(codes, variant)->distances(codes, query, nodes, count, distances);
}

uint32_t vk_graph_descend(const vk_codes *codes, const vk_level *levels, size_t count, const vk_query *query,
                          vk_scratch *scratch, int32_t variant) {
    uint32_t place = 0;
    for (size_t level = count; level-- > 1;) {
        place = entries(codes, variant)->greedy(codes, &levels[level], query, place, scratch);
        place = levels[level].down ? levels[level].down[place] : levels[level].nodes[place];
    }
    return place;
}

size_t vk_graph_walk(const vk_codes *codes, const vk_level *level, const vk_query *query, uint32_t entry,
                     size_t effort, vk_scratch *scratch, int32_t variant) {
    return entries(codes, variant)->walk(codes, level, query, entry, effort, scratch);
}

size_t vk_graph_walk_filtered(const vk_codes *codes, const vk_level *level, const vk_query *query, uint32_t entry,
                              size_t effort, const vk_filter *filter, uint64_t budget, vk_scratch *scratch,
                              int32_t variant) {
    return entries(codes, variant)->walk_filtered(codes, level, query, entry, effort, filter, budget, scratch);
}

size_t vk_graph_scan(const vk_codes *codes, const vk_query *query, uint32_t first, uint32_t count, size_t keep,
                     size_t size, const vk_filter *filter, vk_scratch *scratch, int32_t variant) {
    return entries(codes, variant)->scan(codes, query, first, count, keep, size, filter, scratch);
}

uint32_t vk_filter_sample(const vk_filter *filter, uint32_t count, uint32_t samples) {
    uint32_t passed = 0;
    for (uint32_t i = 0; i < samples; i++) {
        passed += (uint32_t)vk_filter_passes(filter, (uint32_t)((uint64_t)i * count / samples));
    }
    return passed;
}

void vk_build_insert(vk_build *build, uint32_t level, const uint32_t *places, int32_t variant) {
    entries(&build->codes, variant)->insert(build, level, places);
}

void vk_build_finish(vk_build *build, int32_t variant) { entries(&build->codes, variant)->finish(build); }
