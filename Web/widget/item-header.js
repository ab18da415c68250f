// What the talk is about, pinned above it: picture, name, price and the way back to it.

import { locale } from '../language.js';
import { priceWords } from '../matrix/desk.js';
import { h } from '../parts/dom.js';

const words = (value, length) => (typeof value === 'string' ? value.slice(0, length) : '');

/** The header of `item`; null where there is nothing to show. */
export function itemHeader(item) {
    const title = words(item?.title, 200);
    if (!title) return null;
    const link = words(item.link, 500);
    const price = priceWords(item.price, locale());
    const picture = words(item.image, 500);
    const image = /^https?:\/\//.test(picture) ? h('img', { class: 'pinned-shot', alt: '', src: picture, referrerpolicy: 'no-referrer' }) : null;
    image?.addEventListener('error', () => image.remove());
    return h('section', { class: 'pinned', label: 'pinned_item' }, image,
        h('div', { class: 'pinned-text' }, h('span', { class: 'pinned-title', dir: 'auto' }, title),
            price ? h('span', { class: 'pinned-price' }, price) : null),
        /^https?:\/\//.test(link) ? h('a', { class: 'button is-small', href: link, target: '_blank', rel: 'noopener noreferrer', t: 'pinned_open' }) : null);
}
