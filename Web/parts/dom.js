// Making elements. Text from outside only ever becomes a text node; there is no way from a string to markup.

import { t } from '../language.js';

const keyed = { t: 't', label: 'tLabel', hint: 'tHint', tip: 'tTip' };

function setOne(element, name, value) {
    if (value === undefined || value === null || value === false) return;
    if (name === 'on') {
        for (const [type, handler] of Object.entries(value)) element.addEventListener(type, handler);
    } else if (name === 'data') {
        Object.assign(element.dataset, value);
    } else if (name === 'class') {
        element.className = value;
    } else if (name in keyed) {
        element.dataset[keyed[name]] = value;
        if (name === 't') element.textContent = t(value);
        else element.setAttribute({ label: 'aria-label', hint: 'placeholder', tip: 'title' }[name], t(value));
    } else {
        element.setAttribute(name, value === true ? '' : String(value));
    }
}

/**
 * An element. `properties`: attributes by name, `class`, `data` (dataset), `on` (listeners by type), and text keys:
 * `t` (text), `label` (aria-label), `hint` (placeholder), `tip` (title). Children: nodes, strings, null.
 */
export function h(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) setOne(element, name, value);
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

/** Sets text only if it differs, so that nothing is announced or laid out again for nothing. */
export function setText(element, words) {
    if (element.textContent !== words) element.textContent = words;
}

export function setAttribute(element, name, value) {
    const text = value === true ? '' : String(value);
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Whether `element` takes typed text, so that single-letter shortcuts must leave it alone. */
export function isTyping(element) {
    if (!(element instanceof HTMLElement)) return false;
    return element.isContentEditable || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement
        || (element instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'file'].includes(element.type));
}

/** Runs `body` once after the last of several calls within `milliseconds`. */
export function debounced(milliseconds, body) {
    let timer = null;
    return (...values) => {
        clearTimeout(timer);
        timer = setTimeout(() => body(...values), milliseconds);
    };
}
