// Cards of items in a message: picture, name, price, and the way to the scan that found them.

import { orderAddress, pictureOf } from '../scan/offers.js';
import { h } from './dom.js';

function card(item) {
    const picture = h('img', { class: 'item-card-shot', alt: '', loading: 'lazy', decoding: 'async' });
    picture.addEventListener('error', () => picture.classList.add('is-missing'));
    picture.src = pictureOf(item, 240);
    const address = orderAddress(item);
    return h('li', { class: 'item-card' }, picture,
        h('div', { class: 'item-card-text' },
            h('span', { class: 'item-card-title', dir: 'auto' }, item.title),
            h('span', { class: 'item-card-price' }, [item.price, item.seller].filter(Boolean).join(' · ')),
            address ? h('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow', t: 'scan_order' }) : null));
}

/** The body of a message that carries `card` (of `readCard`). */
export function itemCards({ scan, same, items }) {
    return h('div', { class: 'item-cards' },
        h('p', { class: 'item-cards-title', t: same ? 'card_same' : 'card_similar' }),
        h('ul', {}, items.map(card)),
        scan ? h('a', { class: 'item-cards-open', href: `/scan?id=${encodeURIComponent(scan)}`, target: '_blank', t: 'card_open' }) : null);
}
