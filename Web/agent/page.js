// <vt-agent>: the login, or the desk once somebody is logged in.

import { Client } from '../matrix/client.js';
import { prepareToasts, toast } from '../parts/toast.js';
import { Desk } from './desk.js';
import { loginForm } from './login.js';

class AgentPage extends HTMLElement {
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

    #work() {
        this.desk = new Desk(this.client);
        this.replaceChildren(this.desk.element);
        this.desk.begin();
        this.client.start();
    }

    #over(reason) {
        this.desk?.end();
        this.desk = null;
        this.client.reset();
        this.#askLogin();
        if (reason !== 'logout') toast('session_ended');
    }
}

customElements.define('vt-agent', AgentPage);
