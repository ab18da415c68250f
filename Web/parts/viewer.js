// The full-size viewer: a dialog with the picture fitted to the screen, and a button to save it.

import { t } from '../language.js';
import { iconButton } from './buttons.js';
import { h } from './dom.js';
import { toast } from './toast.js';

/** Gives the bytes to the browser's downloads under `name`. */
export function saveBlob(blob, name) {
    const url = URL.createObjectURL(blob);
    const link = h('a', { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function saveMedia(client, mxc, name) {
    try {
        saveBlob(await client.media.fetchFull(mxc), name);
    } catch {
        toast('download_failed');
    }
}

/** Shows `source` (`{mxc}` or `{blob}`) over the page. */
export async function viewPicture(client, { source, name }) {
    const stage = h('div', { class: 'viewer-stage', 'aria-busy': 'true' });
    const keep = () => (source.mxc ? saveMedia(client, source.mxc, name) : saveBlob(source.blob, name));
    const save = iconButton('download', 'save_picture', keep);
    const close = iconButton('close', 'close', () => viewer.close());
    const viewer = h('dialog', { class: 'viewer', 'aria-label': t('picture_named', { name }) },
        h('div', { class: 'viewer-bar' }, h('span', { class: 'viewer-name' }, name), save, close), stage);
    stage.addEventListener('click', (event) => {
        if (event.target === stage) viewer.close();
    });
    let release = () => {};
    viewer.addEventListener('close', () => {
        release();
        viewer.remove();
    });
    document.body.append(viewer);
    viewer.showModal();
    try {
        const picture = source.mxc ? await client.media.acquire(source.mxc) : local(source.blob);
        release = picture.release;
        const image = h('img', { src: picture.url, alt: t('picture_named', { name }) });
        await image.decode();
        stage.replaceChildren(image);
    } catch {
        stage.replaceChildren(h('p', { t: 'picture_failed' }));
    }
    stage.removeAttribute('aria-busy');
    if (!viewer.open) release();
}

function local(blob) {
    const url = URL.createObjectURL(blob);
    return { url, release: () => URL.revokeObjectURL(url) };
}
