// <vt-picture>: a picture message. Its place is laid out from the size the message names, so nothing jumps; the bytes
// are fetched when it comes near the screen and let go when it leaves the page.

import { t } from '../language.js';
import { h } from './dom.js';
import { icon } from './icons.js';

const thumbnail = { width: 640, height: 480, method: 'scale' };
const observer = new IntersectionObserver((seen) => {
    for (const each of seen) if (each.isIntersecting) each.target.load();
}, { rootMargin: '600px' });

function side(value) {
    return Number.isFinite(value) && value > 0 && value < 100_000 ? value : null;
}

export class Picture extends HTMLElement {
    #release = null;
    #loading = false;
    #source = null;

    /** `source`: `{mxc}` or `{blob}`; `info` as in the event; `name` for the alternative text. */
    configure({ client, source, info, name }) {
        this.client = client;
        this.name = name;
        const same = this.#source && (this.#source.mxc === source.mxc || (this.#source.blob && source.mxc));
        this.#source = source;
        if (same) return;
        const width = side(info?.w) ?? 320;
        const height = side(info?.h) ?? 240;
        this.style.setProperty('--wide', String(Math.min(width, 640)));
        this.style.setProperty('--ratio', String(Math.min(Math.max(width / height, 0.4), 3.2)));
        this.button = h('button', {
            type: 'button', class: 'picture-open', 'aria-label': t('open_picture', { name }),
            on: { click: () => this.#open() },
        });
        this.replaceChildren(this.button);
    }

    connectedCallback() {
        observer.observe(this);
    }

    disconnectedCallback() {
        observer.unobserve(this);
        this.#release?.();
        this.#release = null;
        this.#loading = false;
        this.button?.replaceChildren();
    }

    async load() {
        if (this.#loading) return;
        this.#loading = true;
        this.dataset.state = 'loading';
        try {
            const { url, release } = await this.#acquire();
            if (!this.isConnected) return release();
            this.#release = release;
            const image = h('img', { alt: t('picture_named', { name: this.name }), draggable: 'false' });
            image.src = url;
            await image.decode();
            this.button.replaceChildren(image);
            this.dataset.state = 'shown';
        } catch {
            this.dataset.state = 'failed';
            this.#loading = false;
            this.button?.replaceChildren(icon('retry'), h('span', { t: 'picture_failed' }));
        }
    }

    #acquire() {
        const { blob, mxc } = this.#source;
        if (mxc) return this.client.media.acquire(mxc, thumbnail);
        const url = URL.createObjectURL(blob);
        return { url, release: () => URL.revokeObjectURL(url) };
    }

    #open() {
        const detail = { source: this.#source, name: this.name };
        if (this.dataset.state === 'failed') this.load();
        else this.dispatchEvent(new CustomEvent('vt-picture', { bubbles: true, detail }));
    }
}

customElements.define('vt-picture', Picture);
