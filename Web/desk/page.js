// <vt-desk>: the login, or the console once an agent is logged in. The session is that of the staff's other pages.

import { loginForm } from '../agent/login.js';
import { addText } from '../language.js';
import { Client } from '../matrix/client.js';
import { h } from '../parts/dom.js';
import { prepareToasts, toast } from '../parts/toast.js';
import { Console } from './console.js';
import { DeskStore } from './store.js';
import { text } from './text.js';

addText(text);

class DeskPage extends HTMLElement {
    connectedCallback() {
        this.client = new Client('agent', { timelineLimit: 10 });
        this.client.addEventListener('over', ({ detail }) => this.#over(detail.reason));
        prepareToasts();
        if (this.client.session.isOpen) this.#work();
        else this.#askLogin();
    }

    #askLogin() {
        const form = loginForm(this.client, () => this.#work());
        this.replaceChildren(form);
        form.querySelector('input')?.focus();
    }

    async #work() {
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
            h('button', { type: 'button', class: 'button is-primary', t: 'try_again', on: { click: () => this.#work() } }),
            h('button', { type: 'button', class: 'link', t: 'log_out', on: { click: () => this.client.logout() } })));
    }

    #over(reason) {
        this.console?.end();
        this.console = null;
        this.client.reset();
        this.#askLogin();
        if (reason !== 'logout') toast('session_ended');
    }
}

customElements.define('vt-desk', DeskPage);
