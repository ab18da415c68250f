// <vt-avatar>: a picture of a person or shop, or their initials on a colour that stays theirs. Decoration only.

import { h } from './dom.js';
import { mark } from './icons.js';

const tones = 8;
const size = { width: 96, height: 96, method: 'crop' };

function toneOf(name) {
    let sum = 0;
    for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
    return sum % tones;
}

function initialsOf(name) {
    const words = name.trim().split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
    if (words.length === 0) return '·';
    const first = [...words[0]];
    if (/\p{Script=Han}/u.test(first[0])) return first.slice(-2).join('');
    const last = words.length > 1 ? [...words.at(-1)][0] : '';
    return (first[0] + last).toUpperCase();
}

export class Avatar extends HTMLElement {
    #release = null;
    #shown = null;

    connectedCallback() {
        this.setAttribute('aria-hidden', 'true');
    }

    disconnectedCallback() {
        this.#release?.();
        this.#release = null;
        this.#shown = null;
    }

    /** The colour and the initials come from `name`; `isShop` draws the mark where there is no picture. */
    show({ id, name, avatar = null, client = null, isShop = false }) {
        const key = `${id}\n${name}\n${avatar}`;
        if (this.#shown === key) return;
        this.#shown = key;
        this.dataset.tone = toneOf(name);
        this.replaceChildren(isShop ? mark() : h('span', {}, initialsOf(name)));
        this.#release?.();
        this.#release = null;
        if (avatar && client) this.#load(avatar, client, key);
    }

    async #load(avatar, client, key) {
        try {
            const { url, release } = await client.media.acquire(avatar, size);
            if (this.#shown !== key || !this.isConnected) return release();
            this.#release = release;
            this.replaceChildren(h('img', { src: url, alt: '' }));
        } catch {
            // The initials stand.
        }
    }
}

customElements.define('vt-avatar', Avatar);

/** A new avatar showing `person`. */
export function avatarOf(person) {
    const element = document.createElement('vt-avatar');
    element.show(person);
    return element;
}
