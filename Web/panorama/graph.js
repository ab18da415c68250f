// The photos in a circle and what joins them.

import { t } from '../language.js';
import { h } from '../parts/dom.js';

const space = 'http://www.w3.org/2000/svg';
const [side, radius] = [400, 160];

function shape(tag, properties, ...children) {
    const element = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(properties)) element.setAttribute(name, String(value));
    element.append(...children);
    return element;
}

/** A drawing of a graph; `groups` are the groups of the photos, in their order. */
export function graphDrawing(graph, groups) {
    const count = graph.photos.length;
    const places = graph.photos.map((_, index) => {
        const turn = 2 * Math.PI * index / Math.max(1, count) - Math.PI / 2;
        return [side / 2 + radius * Math.cos(turn), side / 2 + radius * Math.sin(turn)];
    });
    const lines = graph.edges.slice().reverse().map((edge) => {
        const [a, b] = [places[edge.first], places[edge.second]];
        const words = t('panorama_edge', { ...edge, a: graph.photos[edge.first], b: graph.photos[edge.second] });
        return shape('line', {
            x1: a[0], y1: a[1], x2: b[0], y2: b[1], class: `pano-edge is-${edge.fate}`,
            'stroke-width': edge.fate === 'used' ? Math.min(6, 1 + edge.inliers / 60) : 1.5,
        }, shape('title', {}, document.createTextNode(words)));
    });
    const nodes = places.map(([x, y], index) => shape('g', { class: 'pano-node', 'data-tint': groups[index] ? (groups[index] - 1) % 8 : '' },
        shape('circle', { cx: x, cy: y, r: 13 }),
        shape('text', { x, y: y + 4, 'text-anchor': 'middle' }, document.createTextNode(String(index + 1))),
        shape('title', {}, document.createTextNode(graph.photos[index]))));
    return h('figure', { class: 'pano-graph' },
        shape('svg', { viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': t('panorama_graph') }, ...lines, ...nodes),
        h('figcaption', { class: 'quiet', t: 'panorama_graph_text' }));
}
