// What a page asks the server about scans, one function each. All take the client first.

import { path } from '../matrix/request.js';

const patience = 60_000;
const shown = 12;

/** Scans photos as `photoOf` made them; `wish`: `box`, `category`. */
export function scanPhotos(client, photos, wish = {}) {
    const form = new FormData();
    for (const { blob } of photos) form.append('picture', blob, 'photo.jpg');
    for (const [name, value] of Object.entries({ k: shown, ...wish })) form.append(name, value);
    return client.request('POST', '/api/v1/scans', { form, timeout: patience });
}

/** Scans a picture that was uploaded before. */
export function scanMedia(client, media) {
    return client.request('POST', '/api/v1/scans', { body: { media, k: shown }, timeout: patience });
}

/** Scans a picture that an article shows. */
export function scanArticle(client, article, picture) {
    return client.request('POST', '/api/v1/scans', { body: { article, picture, k: shown }, timeout: patience });
}

/** Lets a scan wait for its item: `{state}`. */
export function waitFor(client, id) {
    return client.request('POST', path`/api/v1/scans/${id}/watch`, { body: {}, attempts: 1 });
}

export function stopWaiting(client, id) {
    return client.request('DELETE', path`/api/v1/scans/${id}/watch`, { attempts: 1 });
}

/** Asks again for `{box}` or `{category}`. */
export function rescan(client, id, change) {
    return client.request('PATCH', path`/api/v1/scans/${id}`, { body: change, timeout: patience, attempts: 1 });
}

export function keptScan(client, id) {
    return client.request('GET', path`/api/v1/scans/${id}`);
}

export function scanPicture(client, id) {
    return client.request('GET', path`/api/v1/scans/${id}/picture`, { blob: true });
}

export function giveFeedback(client, id, body) {
    return client.request('POST', path`/api/v1/scans/${id}/feedback`, { body, attempts: 2 });
}

/** Items like one of the catalogue: `{similar}`. */
export function similarTo(client, { sku, seller }) {
    return client.request('GET', path`/api/v1/items/${sku}/similar`, { query: { shop: seller || null, k: shown } });
}

/** `{catalogue, items, categories}`. */
export function overview(client) {
    return client.request('GET', '/api/v1/catalogue', { attempts: 1 });
}
