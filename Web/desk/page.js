// <vt-desk>: the login, or the console once an agent is logged in. The session is that of the staff's other pages.

import { addText } from '../language.js';
import { h } from '../parts/dom.js';
import { StaffEntrance } from '../staff/entrance.js';
import { Console } from './console.js';
import { DeskStore } from './store.js';
import { text } from './text.js';

addText(text);

class DeskPage extends StaffEntrance {
    static connection = { timelineLimit: 10 };

    async work() {
        const store = new DeskStore(this.client);
        try {
            await store.begin();
        } catch (error) {
            if (!this.client.session.isOpen) return;
            this.replaceChildren(this.#closed(error));
            return;
        }
        this.console = new Console(this.client, store);
        this.replaceChildren(this.console.element);
        this.console.begin();
        this.client.start();
    }

    #closed(error) {
        const words = error?.name === 'NetworkError' ? 'banner_reconnecting' : 'desk_no_agent';
        return h('main', { class: 'login' }, h('section', { class: 'login-form' }, h('h1', { class: 'desk-title', t: 'desk_title' }),
            h('p', { t: words }),
            h('button', { type: 'button', class: 'button is-primary', t: 'try_again', on: { click: () => this.work() } }),
            h('a', { class: 'button', href: '/desk/settings', t: 'desk_settings' }),
            h('button', { type: 'button', class: 'link', t: 'log_out', on: { click: () => this.client.logout() } })));
    }

    leave() {
        this.console?.end();
        this.console = null;
    }
}

customElements.define('vt-desk', DeskPage);
