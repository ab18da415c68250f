// <vt-banner>: says when the page has no connection, and that it is back by itself. Nothing to press is needed, but
// there is a button for the impatient.

import { linkButton } from './buttons.js';
import { h } from './dom.js';

const patienceMilliseconds = 700;

export class Banner extends HTMLElement {
    #timer = null;

    /** Follows the connection of `client`. */
    follow(client) {
        this.setAttribute('role', 'status');
        this.setAttribute('aria-live', 'polite');
        this.client = client;
        client.addEventListener('connection', ({ detail }) => this.#changed(detail.state));
        client.addEventListener('over', () => this.#show(null));
    }

    #changed(state) {
        clearTimeout(this.#timer);
        if (state === 'online' || state === 'starting') {
            this.#show(null);
            return;
        }
        // A hiccup that heals at once is nobody's business.
        this.#timer = setTimeout(() => this.#show(state), patienceMilliseconds);
    }

    #show(state) {
        this.dataset.state = state ?? 'online';
        if (!state) {
            this.replaceChildren();
            return;
        }
        const retry = linkButton('try_now', () => this.client.sync.retryNow());
        this.replaceChildren(h('span', { class: 'banner-dot' }), h('span', { t: `banner_${state}` }), retry);
    }
}

customElements.define('vt-banner', Banner);
