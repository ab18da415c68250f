// What each page of the shop's people begins with: the session of this browser, the login where there is none, and the
// way back to it when the session ends.

import { Client } from '../matrix/client.js';
import { prepareToasts, toast } from '../parts/toast.js';
import { loginForm } from './login.js';

/** A page's element. What stands on it overrides `work()`, which draws the page, and `leave()`, which ends what that began. */
export class StaffEntrance extends HTMLElement {
    /** What the page's connection is made with. */
    static connection = {};

    connectedCallback() {
        this.client = new Client('agent', this.constructor.connection);
        this.client.addEventListener('over', ({ detail }) => this.#over(detail.reason));
        prepareToasts();
        if (this.client.session.isOpen) this.work();
        else this.#askLogin();
    }

    work() {}

    leave() {}

    #askLogin() {
        const form = loginForm(this.client, () => this.work());
        this.replaceChildren(form);
        form.querySelector('input')?.focus();
    }

    #over(reason) {
        this.leave();
        this.client.reset();
        this.#askLogin();
        if (reason !== 'logout') toast('session_ended');
    }
}
