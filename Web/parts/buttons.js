// The kinds of buttons that recur, so that each has a name, a tip and a type everywhere.

import { h } from './dom.js';
import { icon } from './icons.js';

/** A round button with only an icon; `name` is the text key of its label and tip. */
export function iconButton(shape, name, action, { className = '', ...more } = {}) {
    const properties = { type: 'button', class: `icon-button ${className}`.trim(), label: name, tip: name };
    return h('button', { ...properties, ...more, on: { click: action } }, icon(shape));
}

/** An icon button that opens a menu: `open(button)` is called with the button itself. */
export function menuButton(shape, name, open, more = {}) {
    const button = iconButton(shape, name, () => open(button), {
        'aria-haspopup': 'menu', 'aria-expanded': 'false', ...more,
    });
    return button;
}

/** A button that reads like a link; `name` is its text key. */
export function linkButton(name, action) {
    return h('button', { type: 'button', class: 'link', t: name, on: { click: action } });
}
