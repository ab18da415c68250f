// Small charts as SVG: a line a series over the same places, a band where a value is not sure. What a chart shows also
// stands in a table, so that nothing is told by a picture alone.

import { h } from '../parts/dom.js';

const space = 'http://www.w3.org/2000/svg';
const [width, height, edge] = [320, 120, 6];

function shape(tag, attributes) {
    const element = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return element;
}

/**
 * A chart of values from 0 to 1. `series`: lists of `{value, low?, high?}` or null where nothing was measured; `name` is
 * read out.
 */
export function lineChart(series, name) {
    const drawing = shape('svg', { viewBox: `0 0 ${width} ${height}`, class: 'health-chart', role: 'img', 'aria-label': name, preserveAspectRatio: 'none' });
    const count = Math.max(1, ...series.map((each) => each.length));
    const x = (place) => (count === 1 ? width / 2 : edge + place / (count - 1) * (width - 2 * edge));
    const y = (value) => height - edge - Math.min(Math.max(value, 0), 1) * (height - 2 * edge);
    for (const share of [0, 0.5, 1]) {
        drawing.append(shape('line', { x1: 0, x2: width, y1: y(share), y2: y(share), class: 'health-grid' }));
    }
    series.forEach((points, number) => {
        const there = points.map((point, place) => ({ ...point, place })).filter(({ value }) => value !== null && value !== undefined);
        if (there.some(({ low }) => low !== undefined)) {
            const upper = there.map(({ place, high, value }) => `${x(place)},${y(high ?? value)}`);
            const lower = there.map(({ place, low, value }) => `${x(place)},${y(low ?? value)}`).reverse();
            drawing.append(shape('polygon', { points: [...upper, ...lower].join(' '), class: `health-band is-${number % 5}` }));
        }
        drawing.append(shape('polyline', { points: there.map(({ place, value }) => `${x(place)},${y(value)}`).join(' '), class: `health-line is-${number % 5}` }));
        for (const { place, value } of there) drawing.append(shape('circle', { cx: x(place), cy: y(value), r: 3, class: `health-dot is-${number % 5}` }));
    });
    return h('div', { class: 'health-frame' }, h('span', { class: 'health-top quiet', 'aria-hidden': 'true' }, '100 %'), drawing,
        h('span', { class: 'health-bottom quiet', 'aria-hidden': 'true' }, '0 %'));
}

/** A table; the first column of each row is its head. */
export function table(heads, rows) {
    return h('div', { class: 'health-table' }, h('table', {}, h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, place) => (place ? h('td', {}, cell) : h('th', { scope: 'row' }, cell))))))));
}
