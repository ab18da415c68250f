// A panorama that somebody was given the link of: the viewer and nothing else, without an account.

import { request } from '../matrix/request.js';
import { h } from '../parts/dom.js';
import './viewer.js';

export async function showShared(host, share, group) {
    const place = `/api/v1/shared/panoramas/${encodeURIComponent(share)}/groups/${Number.isInteger(group) ? group : 1}`;
    const viewer = document.createElement('vt-panorama');
    host.replaceChildren(h('main', { class: 'pano-shared' }, viewer));
    try {
        const manifest = await request(null, 'GET', `${place}/viewer`);
        const picture = await request(null, 'GET', manifest.image, { blob: true, timeout: 120_000 });
        await viewer.open(manifest, URL.createObjectURL(picture));
        viewer.canvas?.focus();
    } catch {
        host.replaceChildren(h('main', { class: 'pano-note' }, h('h1', { t: 'panorama_gone' })));
    }
}
