// Short notices that go by themselves, read out politely.

import { t } from '../language.js';
import { h } from './dom.js';

let region = null;

/** Shows the text of `key` for a while. The region must exist before it is filled, or it is not read out. */
export function toast(key, values = {}) {
    prepareToasts();
    const note = h('div', { class: 'toast' }, t(key, values));
    const host = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    if (region.parentElement !== host) host.append(region);
    region.replaceChildren(note);
    setTimeout(() => note.remove(), 6000);
}

export function prepareToasts() {
    if (region?.isConnected) return;
    region = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
    document.body.append(region);
}
