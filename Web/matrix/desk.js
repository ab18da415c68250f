// The service desk's requests, one function each. All take the client first.

import { path } from './request.js';

export function deskGet(client, target, query = {}) {
    return client.request('GET', `/api/v1/desk/${target}`, { query });
}

export function deskPost(client, target, body = {}) {
    return client.request('POST', `/api/v1/desk/${target}`, { body });
}

export function deskPut(client, target, body = {}) {
    return client.request('PUT', `/api/v1/desk/${target}`, { body });
}

export function deskDelete(client, target) {
    return client.request('DELETE', `/api/v1/desk/${target}`);
}

/** What stands in an event's content as a card, or null. Cards come from outside: every field is checked. */
export function readBusinessCard(content) {
    const card = content?.['shop.vitrine.card'];
    if (typeof card !== 'object' || card === null || typeof card.layout !== 'object' || card.layout === null) return null;
    if (!Number.isSafeInteger(card.rev) || typeof card.state !== 'string') return null;
    return card;
}

/** Presses a card; the same `txn` again is the same press. */
export function pressCard(client, roomId, eventId, { verb, rev, data, txn }) {
    const target = path`/api/v1/desk/cards/${roomId}/${eventId}/actions`;
    return client.request('POST', target, { body: { verb, rev, data, txn }, attempts: 4 });
}

/** A price in the words of the reader's place: `{amount, currency}` in minor units. */
export function priceWords(price, locale) {
    if (!Number.isSafeInteger(price?.amount) || typeof price?.currency !== 'string') return '';
    try {
        const format = new Intl.NumberFormat(locale, { style: 'currency', currency: price.currency });
        const digits = format.resolvedOptions().maximumFractionDigits;
        return format.format(price.amount / 10 ** digits);
    } catch {
        return '';
    }
}
