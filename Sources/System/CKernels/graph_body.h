// The graph's loops for one encoding and one variant. Included by graph_int8.c, graph_int4.c and graph_half.c with
//   NAME(x)        the body's own name of x
//   ATTRIBUTES     its target
//   FOUR(...)      four dot products at once
// so that distances are inlined into the walk.

static ATTRIBUTES void NAME(distances)(const vk_codes *codes, const vk_query *query, const uint32_t *nodes,
                                       size_t count, float *out) {
    const size_t stride = codes->stride;
    for (size_t i = 0; i < count; i += 4) {
        uint32_t four[4];
        const uint8_t *code[4];
        float dots[4];
        for (size_t j = 0; j < 4; j++) {
            four[j] = nodes[i + j < count ? i + j : i];
            code[j] = codes->codes + four[j] * stride;
        }
        NAME(four)(query, code, stride, dots);
        for (size_t j = 0; j < 4 && i + j < count; j++) {
            const float scale = codes->scales ? codes->scales[four[j]] : 1;
            const float bias = codes->biases ? codes->biases[four[j]] : 0;
            out[i + j] = query->offset + bias - query->factor * scale * dots[j];
        }
    }
}

// The unvisited links of a place, marked and on their way into the cache. `nodes` gets their node numbers.
static inline ATTRIBUTES size_t NAME(fresh_links)(const vk_codes *codes, const vk_level *level, uint32_t place,
                                                  vk_scratch *scratch, uint32_t *places, uint32_t *nodes) {
    const uint8_t *links = level->links + (size_t)place * level->capacity * level->width;
    const uint32_t used = level->counts ? level->counts[place] : level->capacity;
    const uint8_t epoch = (uint8_t)scratch->epoch;
    uint8_t *visited = scratch->visited;
    size_t found = 0;
    for (uint32_t i = 0; i < used; i++) {
        const uint32_t link = vk_read_link(links, i, level->width);
        places[found] = link;
        const size_t is_fresh = visited[link] != epoch;
        visited[link] = epoch;
        found += is_fresh;
    }
    for (size_t i = 0; i < found; i++) {
        nodes[i] = level->nodes ? level->nodes[places[i]] : places[i];
        const uint8_t *code = codes->codes + nodes[i] * codes->stride;
        for (size_t line = 0; line < codes->stride && line < 256; line += 64) __builtin_prefetch(code + line);
    }
    return found;
}

static ATTRIBUTES uint32_t NAME(greedy)(const vk_codes *codes, const vk_level *level, const vk_query *query,
                                        uint32_t place, vk_scratch *scratch) {
    uint32_t places[VK_MAX_LINKS], nodes[VK_MAX_LINKS];
    float found[VK_MAX_LINKS], best;
    uint32_t node = level->nodes ? level->nodes[place] : place;
    vk_next_epoch(scratch);
    scratch->visited[place] = (uint8_t)scratch->epoch;
    NAME(distances)(codes, query, &node, 1, &best);
    for (;;) {
        const size_t count = NAME(fresh_links)(codes, level, place, scratch, places, nodes);
        NAME(distances)(codes, query, nodes, count, found);
        scratch->evaluated += count;
        uint32_t next = place;
        for (size_t i = 0; i < count; i++) {
            if (found[i] < best) {
                best = found[i];
                next = places[i];
            }
        }
        if (next == place) return place;
        place = next;
    }
}

static ATTRIBUTES size_t NAME(walk)(const vk_codes *codes, const vk_level *level, const vk_query *query,
                                    uint32_t entry, size_t effort, vk_scratch *scratch) {
    uint32_t places[VK_MAX_LINKS], nodes[VK_MAX_LINKS];
    float found[VK_MAX_LINKS];
    vk_hit *pool = scratch->pool;
    uint32_t node = level->nodes ? level->nodes[entry] : entry;
    vk_next_epoch(scratch);
    scratch->visited[entry] = (uint8_t)scratch->epoch;
    NAME(distances)(codes, query, &node, 1, found);
    pool[0] = (vk_hit){found[0], entry};
    size_t size = 1, next = 0;
    while (next < size) {
        const uint32_t place = pool[next].node & ~VK_EXPANDED;
        pool[next].node |= VK_EXPANDED;
        const size_t count = NAME(fresh_links)(codes, level, place, scratch, places, nodes);
        size_t lowest = next + 1;
        if (next + 1 < size) vk_prefetch_links(level, pool[next + 1].node & ~VK_EXPANDED);
        NAME(distances)(codes, query, nodes, count, found);
        scratch->evaluated += count;
        for (size_t i = 0; i < count; i++) {
            if (size == effort && found[i] >= pool[size - 1].distance) continue;
            const size_t at = vk_pool_insert(pool, &size, effort, (vk_hit){found[i], places[i]});
            if (at < lowest) lowest = at;
        }
        next = lowest;
        while (next < size && (pool[next].node & VK_EXPANDED)) next++;
    }
    for (size_t i = 0; i < size; i++) pool[i].node &= ~VK_EXPANDED;
    return size;
}

static ATTRIBUTES size_t NAME(walk_filtered)(const vk_codes *codes, const vk_level *level, const vk_query *query,
                                             uint32_t entry, size_t effort, const vk_filter *filter, uint64_t budget,
                                             vk_scratch *scratch) {
    uint32_t places[VK_MAX_LINKS], nodes[VK_MAX_LINKS];
    float found[VK_MAX_LINKS];
    vk_hit *pool = scratch->pool, *queue = scratch->queue;
    size_t size = 0, waiting = 0;
    uint64_t evaluated = 1;
    vk_next_epoch(scratch);
    scratch->visited[entry] = (uint8_t)scratch->epoch;
    NAME(distances)(codes, query, &entry, 1, found);
    vk_queue_push(queue, &waiting, scratch->queue_capacity, (vk_hit){found[0], entry});
    if (vk_filter_passes(filter, entry)) vk_pool_insert(pool, &size, effort, (vk_hit){found[0], entry});
    while (waiting > 0 && evaluated < budget) {
        const vk_hit nearest = vk_queue_pop(queue, &waiting);
        if (size == effort && nearest.distance > pool[size - 1].distance) break;
        const size_t count = NAME(fresh_links)(codes, level, nearest.node, scratch, places, nodes);
        NAME(distances)(codes, query, nodes, count, found);
        evaluated += count;
        for (size_t i = 0; i < count; i++) {
            if (size == effort && found[i] >= pool[size - 1].distance) continue;
            const vk_hit hit = {found[i], places[i]};
            vk_queue_push(queue, &waiting, scratch->queue_capacity, hit);
            if (vk_filter_passes(filter, hit.node)) vk_pool_insert(pool, &size, effort, hit);
        }
    }
    scratch->evaluated += evaluated;
    return size;
}

// Rows first ..< first + count that pass, put into the pool beside the `size` hits it holds.
static ATTRIBUTES size_t NAME(scan)(const vk_codes *codes, const vk_query *query, uint32_t first, uint32_t count,
                                    size_t keep, size_t size, const vk_filter *filter, vk_scratch *scratch) {
    uint32_t rows[128];
    float found[128];
    vk_hit *pool = scratch->pool;
    for (uint32_t i = 0; i < count;) {
        size_t batch = 0;
        while (i < count && batch < 64) {
            const uint32_t length = count - i < 64 ? count - i : 64;
            if (filter && codes->count - first - i >= 64) {
                uint64_t bits = vk_filter_bits(filter, first + i);
                if (length < 64) bits &= (UINT64_C(1) << length) - 1;
                for (; bits; bits &= bits - 1) rows[batch++] = first + i + (uint32_t)__builtin_ctzll(bits);
            } else {
                for (uint32_t j = 0; j < length; j++) {
                    rows[batch] = first + i + j;
                    batch += !filter || vk_filter_passes(filter, first + i + j);
                }
            }
            i += length;
        }
        NAME(distances)(codes, query, rows, batch, found);
        scratch->evaluated += batch;
        for (size_t j = 0; j < batch; j++) {
            if (size == keep && found[j] >= pool[size - 1].distance) continue;
            vk_pool_insert(pool, &size, keep, (vk_hit){found[j], rows[j]});
        }
    }
    return size;
}

// Keeps a candidate unless a nearer one that was kept hides it (algorithm 4 of the paper, with Vamana's slack).
// Candidates are ascending; the places that stay are moved to the front. Returns how many.
static ATTRIBUTES size_t NAME(select)(vk_build *build, const vk_level *level, vk_hit *candidates, size_t count,
                                      size_t wanted) {
    float near[4];
    size_t kept = 0;
    for (size_t i = 0; i < count && kept < wanted; i++) {
        const vk_hit candidate = candidates[i];
        const uint32_t node = level->nodes ? level->nodes[candidate.node] : candidate.node;
        const vk_query query = vk_query_of_node(build, node, build->other_query);
        int is_hidden = 0;
        for (size_t j = 0; j < kept && !is_hidden; j += 4) {
            const size_t batch = kept - j < 4 ? kept - j : 4;
            NAME(distances)(&build->codes, &query, build->kept + j, batch, near);
            for (size_t k = 0; k < batch; k++) is_hidden |= build->slack * near[k] <= candidate.distance;
        }
        if (is_hidden) continue;
        build->kept[kept] = node;
        candidates[kept++] = candidate;
    }
    return kept;
}

// Links `from` to `to`; a list that is full is cut back to the level's degree first.
static ATTRIBUTES void NAME(link_back)(vk_build *build, vk_level *level, uint32_t from, uint32_t to, float distance) {
    uint32_t *links = (uint32_t *)(void *)level->links + (size_t)from * level->capacity;
    float *distances = level->distances + (size_t)from * level->capacity;
    const uint32_t count = level->counts[from];
    for (uint32_t i = 0; i < count; i++) {
        if (links[i] == to) return;
    }
    if (count < level->capacity) {
        links[count] = to;
        distances[count] = distance;
        level->counts[from] = (uint8_t)(count + 1);
        return;
    }
    vk_hit *all = build->candidates;
    for (uint32_t i = 0; i < count; i++) all[i] = (vk_hit){distances[i], links[i]};
    all[count] = (vk_hit){distance, to};
    vk_sort_hits(all, count + 1);
    vk_set_links(level, from, all, NAME(select)(build, level, all, count + 1, level->degree));
}

static ATTRIBUTES void NAME(insert)(vk_build *build, uint32_t level, const uint32_t *places) {
    const uint32_t node = places[0];
    const vk_query query = vk_query_of_node(build, node, build->query_bytes);
    uint32_t place = build->entry;
    uint32_t at = build->top;
    while (at > level + 1) {
        const vk_level *upper = &build->levels[--at];
        place = NAME(greedy)(&build->codes, upper, &query, place, &build->scratch);
        place = upper->down ? upper->down[place] : upper->nodes[place];
    }
    while (at > 0) {
        vk_level *current = &build->levels[--at];
        const size_t found =
            NAME(walk)(&build->codes, current, &query, place, build->effort, &build->scratch);
        place = build->scratch.pool[0].node;
        const size_t kept = NAME(select)(build, current, build->scratch.pool, found, build->degree);
        vk_set_links(current, places[at], build->scratch.pool, kept);
        for (size_t i = 0; i < kept; i++) {
            const vk_hit link = build->scratch.pool[i];
            NAME(link_back)(build, current, link.node, places[at], link.distance);
        }
        if (at > 0) place = current->down ? current->down[place] : current->nodes[place];
    }
    if (level + 1 > build->top) {
        build->top = level + 1;
        build->entry = places[level];
    }
}

static ATTRIBUTES void NAME(finish)(vk_build *build) {
    for (uint32_t l = 0; l < build->level_count; l++) {
        vk_level *level = &build->levels[l];
        for (uint32_t place = 0; place < level->count; place++) {
            const uint32_t count = level->counts[place];
            if (count <= level->degree) continue;
            const uint32_t *links = (const uint32_t *)(const void *)level->links + (size_t)place * level->capacity;
            const float *distances = level->distances + (size_t)place * level->capacity;
            vk_hit *all = build->candidates;
            for (uint32_t i = 0; i < count; i++) all[i] = (vk_hit){distances[i], links[i]};
            vk_sort_hits(all, count);
            vk_set_links(level, place, all, NAME(select)(build, level, all, count, level->degree));
        }
    }
}

#undef NAME
#undef ATTRIBUTES
