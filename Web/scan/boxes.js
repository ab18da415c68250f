// Arithmetic of boxes: [x, y, width, height] in shares of the picture. Pure.

import { locale, t } from '../language.js';

export const full = [0, 0, 1, 1];
const least = 0.05;

const limit = (value, low, high) => Math.min(Math.max(value, low), high);

/** The box within the picture, and not too small to be seen. */
export function clamped([x, y, width, height]) {
    const wide = limit(width, least, 1);
    const high = limit(height, least, 1);
    return [limit(x, 0, 1 - wide), limit(y, 0, 1 - high), wide, high];
}

export function same(one, other) {
    return one.every((value, place) => Math.abs(value - other[place]) < 0.002);
}

export function moved([x, y, width, height], [right, down]) {
    return clamped([x + right, y + down, width, height]);
}

/** The box with the edges of `side` ('n', 'se', ...) moved; an edge stops before the one across. */
export function resized([x, y, width, height], side, [right, down]) {
    let [left, top, end, bottom] = [x, y, x + width, y + height];
    if (side.includes('w')) left = limit(left + right, 0, end - least);
    if (side.includes('e')) end = limit(end + right, left + least, 1);
    if (side.includes('n')) top = limit(top + down, 0, bottom - least);
    if (side.includes('s')) bottom = limit(bottom + down, top + least, 1);
    return [left, top, end - left, bottom - top];
}

/** The box between two points; null when they are one. */
export function drawn(from, to) {
    const [left, end] = [from[0], to[0]].sort((a, b) => a - b).map((value) => limit(value, 0, 1));
    const [top, bottom] = [from[1], to[1]].sort((a, b) => a - b).map((value) => limit(value, 0, 1));
    return end - left < least || bottom - top < least ? null : [left, top, end - left, bottom - top];
}

/** The box in words. */
export function described(box) {
    if (same(box, full)) return t('scan_box_full');
    const share = new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 });
    const [x, y, width, height] = box.map((value) => share.format(value));
    return t('scan_box_at', { x, y, width, height });
}
