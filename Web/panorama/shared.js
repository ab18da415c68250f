// A panorama that somebody was given the link of: the viewer and nothing else, without an account.

import { request } from '../matrix/request.js';
import { h } from '../parts/dom.js';
import { Visit } from '../customer/visit.js';
import { ViewerHost } from './viewer-host.js';

export async function showShared(host, share, group) {
    const place = `/api/v1/shared/panoramas/${encodeURIComponent(share)}/groups/${Number.isInteger(group) ? group : 1}`;
    // Who looks for a thing becomes a visitor; who only looks around stays nobody.
    const visit = new Visit();
    const viewer = new ViewerHost({
        json: (address) => request(null, 'GET', address),
        picture: async (address) => URL.createObjectURL(await request(null, 'GET', address, { blob: true, timeout: 120_000 })),
        search: { client: visit.client, account: () => visit.ensureAccount() },
    });
    host.replaceChildren(h('main', { class: 'pano-shared' }, viewer.viewer));
    try {
        await viewer.show(`${place}/viewer`);
    } catch {
        host.replaceChildren(h('main', { class: 'pano-note' }, h('h1', { t: 'panorama_gone' })));
    }
}
