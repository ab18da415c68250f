// One logged number over the steps of a training, as a drawing.

import { t } from '../language.js';
import { logged, whole } from './numbers.js';

const space = 'http://www.w3.org/2000/svg';
const [width, height, left, bottom, top, right] = [640, 260, 64, 28, 12, 12];

function element(name, attributes, words = null) {
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (words !== null) made.textContent = words;
    return made;
}

/** At most `most` points, each the mean of its neighbours, so that a long training is drawn quickly. */
function thinned(points, most = 400) {
    if (points.length <= most) return points;
    const size = Math.ceil(points.length / most);
    const means = [];
    for (let at = 0; at < points.length; at += size) {
        const part = points.slice(at, at + size);
        means.push([part.at(-1)[0], part.reduce((sum, point) => sum + point[1], 0) / part.length]);
    }
    return means;
}

/** The drawing of `points` [[step, value]]; `name` is what screen readers say. */
export function curve(points, name) {
    const known = thinned(points.filter(([, value]) => Number.isFinite(value)));
    const drawing = element('svg', {
        viewBox: `0 0 ${width} ${height}`, class: 'models-drawing', role: 'img', 'aria-label': name,
    });
    if (!known.length) return drawing;
    const steps = known.map(([step]) => step), values = known.map(([, value]) => value);
    const [first, last] = [Math.min(...steps), Math.max(...steps)];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const across = (step) => left + (width - left - right) * (last > first ? (step - first) / (last - first) : 0.5);
    const up = (value) => height - bottom - (height - bottom - top) * (high > low ? (value - low) / (high - low) : 0.5);
    for (const share of [0, 0.5, 1]) {
        const value = low + (high - low) * share;
        drawing.append(
            element('line', { x1: left, x2: width - right, y1: up(value), y2: up(value), class: 'models-grid' }),
            element('text', { x: left - 8, y: up(value) + 4, class: 'models-tick', 'text-anchor': 'end' },
                logged(value)));
        if (high === low) break;
    }
    for (const step of first === last ? [first] : [first, last]) {
        drawing.append(element('text', {
            x: across(step), y: height - 8, class: 'models-tick', 'text-anchor': step === last ? 'end' : 'start',
        }, t('models_step', { n: whole(step) })));
    }
    const places = known.map(([step, value]) => `${across(step).toFixed(1)},${up(value).toFixed(1)}`);
    drawing.append(known.length > 1 ? element('polyline', { points: places.join(' '), class: 'models-line' })
        : element('circle', { cx: across(steps[0]), cy: up(values[0]), r: 4, class: 'models-point' }));
    return drawing;
}
