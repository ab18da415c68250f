// Arithmetic of boxes: [x, y, width, height] in pixels of the picture. Pure.

const least = 2;
const limit = (value, low, high) => Math.min(Math.max(value, low), high);
const grid = (value) => Math.round(value * 64) / 64;

/** The box inside a picture of [width, height], not smaller than can be seen, on the grid that files keep. */
export function clamped([x, y, width, height], [wide, high]) {
    const size = [limit(width, Math.min(least, wide), wide), limit(height, Math.min(least, high), high)];
    return [limit(x, 0, wide - size[0]), limit(y, 0, high - size[1]), ...size].map(grid);
}

export function moved([x, y, width, height], [right, down], size) {
    return clamped([x + right, y + down, width, height], size);
}

/** The box with the edges of `side` ('n', 'se', ...) moved; an edge stops before the one across. */
export function resized([x, y, width, height], side, [right, down], [wide, high]) {
    let [left, top, end, bottom] = [x, y, x + width, y + height];
    if (side.includes('w')) left = limit(left + right, 0, end - least);
    if (side.includes('e')) end = limit(end + right, left + least, wide);
    if (side.includes('n')) top = limit(top + down, 0, bottom - least);
    if (side.includes('s')) bottom = limit(bottom + down, top + least, high);
    return [left, top, end - left, bottom - top].map(grid);
}

/** The box between two points. */
export function drawn(from, to, size) {
    const [left, end] = [from[0], to[0]].sort((a, b) => a - b).map((value) => limit(value, 0, size[0]));
    const [top, bottom] = [from[1], to[1]].sort((a, b) => a - b).map((value) => limit(value, 0, size[1]));
    return [left, top, end - left, bottom - top].map(grid);
}

export function same(one, other) {
    return one.every((value, place) => Math.abs(value - other[place]) < 1 / 128);
}

/** Shared area over joint area. */
export function overlap(a, b) {
    const across = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
    const down = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
    if (across <= 0 || down <= 0) return 0;
    return across * down / (a[2] * a[3] + b[2] * b[3] - across * down);
}
