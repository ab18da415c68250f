// <vt-models>: the login, or the models once somebody is logged in.

import { loginForm } from '../agent/login.js';
import { addText } from '../language.js';
import { prepareToasts, toast } from '../parts/toast.js';
import { Office } from './office.js';
import { Overview } from './overview.js';
import { text } from './text.js';

addText(text);

class ModelsPage extends HTMLElement {
    connectedCallback() {
        this.office = new Office();
        this.office.addEventListener('over', () => {
            this.#askLogin();
            toast('session_ended');
        });
        prepareToasts();
        if (this.office.session.isOpen) this.#work();
        else this.#askLogin();
    }

    #askLogin() {
        const form = loginForm(this.office, () => this.#work());
        this.replaceChildren(form);
        form.querySelector('input')?.focus();
    }

    #work() {
        const overview = new Overview(this.office);
        this.replaceChildren(overview.element);
        overview.load();
    }
}

customElements.define('vt-models', ModelsPage);
