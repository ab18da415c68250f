// Bars by the minute as SVG, one part on the other; what they show also stands in words below them.

import { h } from '../parts/dom.js';

const space = 'http://www.w3.org/2000/svg';
const [width, height, foot] = [600, 150, 2];

function shape(tag, attributes) {
    const element = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return element;
}

/** A round number at or above the largest value, for the top of the scale. */
export function top(values) {
    const largest = Math.max(1, ...values);
    const step = 10 ** Math.floor(Math.log10(largest));
    return [1, 2, 4, 5, 10].map((factor) => factor * step).find((value) => value >= largest);
}

/** `parts`: `{name, values}` of equal lengths, drawn from below; `name` is read out. */
export function bars(parts, name) {
    const count = parts[0].values.length;
    const sums = Array.from({ length: count }, (_, place) => parts.reduce((sum, { values }) => sum + values[place], 0));
    const highest = top(sums);
    const drawing = shape('svg', { viewBox: `0 0 ${width} ${height}`, class: 'board-chart', role: 'img', 'aria-label': name, preserveAspectRatio: 'none' });
    for (const share of [0, 0.5, 1]) {
        const y = height - foot - share * (height - 2 * foot);
        drawing.append(shape('line', { x1: 0, x2: width, y1: y, y2: y, class: 'board-grid' }));
    }
    const step = width / count;
    for (let place = 0; place < count; place += 1) {
        let bottom = height - foot;
        for (const { name: part, values } of parts) {
            if (!values[place]) continue;
            const size = values[place] / highest * (height - 2 * foot);
            bottom -= size;
            drawing.append(shape('rect', { x: place * step + 1, width: Math.max(1, step - 2), y: bottom, height: size, class: `board-bar is-${part}` }));
        }
    }
    return h('div', { class: 'board-frame' }, h('span', { class: 'board-top quiet', 'aria-hidden': 'true' }, String(highest)), drawing);
}
