// Results as a message. Plain Matrix clients show its text; these pages show `shop.vitrine.item_card` as cards.

import { t } from '../language.js';
import { orderAddress, priceRange } from './offers.js';

export const cardKey = 'shop.vitrine.item_card';
const most = 4;

function lineOf({ sku, offers }) {
    const [first] = offers;
    const parts = [first?.title || sku, priceRange(offers), first?.seller].filter(Boolean).join(' · ');
    const address = offers.map(orderAddress).find(Boolean);
    return `• ${parts}${address ? `\n  ${address}` : ''}`;
}

function itemOf({ sku, offers }) {
    const [first] = offers;
    return {
        sku: first?.sku ?? sku, seller: first?.seller ?? '', title: first?.title || sku, price: priceRange(offers),
        link: offers.map(orderAddress).find(Boolean) ?? null,
    };
}

/** The content of a message that shows some groups of an answer. */
export function cardOf(answer, groups = [...answer.groups, ...answer.similar].slice(0, 3)) {
    const shown = groups.slice(0, most);
    const isSame = answer.verdict === 'sameItem';
    const title = t(isSame ? 'card_same' : 'card_similar');
    return {
        msgtype: 'm.text', body: [title, ...shown.map(lineOf)].join('\n'),
        [cardKey]: { scan: answer.id, same: isSame, items: shown.map(itemOf) },
    };
}

const text = (value, length) => (typeof value === 'string' ? value.slice(0, length) : '');

/** Reads the cards of a message as anybody may have written it: `{scan, same, items}`, or null. */
export function readCard(content) {
    const card = content?.[cardKey];
    if (!Array.isArray(card?.items) || card.items.length === 0) return null;
    const items = card.items.slice(0, most).map((item) => ({
        sku: text(item?.sku, 200), seller: text(item?.seller, 200), title: text(item?.title, 500),
        price: text(item?.price, 80), orderURL: text(item?.link, 2000),
    })).filter(({ sku, title }) => sku && title);
    const scan = /^[\w-]{8,64}$/.test(card.scan ?? '') ? card.scan : null;
    return items.length ? { scan, same: card.same === true, items } : null;
}
