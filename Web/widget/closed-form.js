// Outside of the shop's hours: when somebody comes again, and a place to leave word where one can be reached.

import { locale, t } from '../language.js';
import { deskPost } from '../matrix/desk.js';
import { h, setText } from '../parts/dom.js';
import { icon } from '../parts/icons.js';

function opening(ts) {
    const isFar = ts - Date.now() > 6 * 86_400_000;
    return new Intl.DateTimeFormat(locale(), isFar ? { dateStyle: 'long', timeStyle: 'short' } : { weekday: 'long', hour: 'numeric', minute: '2-digit' }).format(ts);
}

export class ClosedForm {
    #done = null;

    constructor(visit) {
        this.visit = visit;
        this.words = h('p', { class: 'closed-words' });
        this.input = h('input', { id: 'closed-contact', name: 'contact', class: 'input', required: true, maxlength: 120, autocomplete: 'email', dir: 'auto' });
        this.note = h('textarea', { id: 'closed-text', name: 'text', class: 'input', rows: 1, maxlength: 2000, dir: 'auto' });
        this.problem = h('p', { class: 'form-error', role: 'alert' });
        this.button = h('button', { type: 'submit', class: 'button is-primary is-small', t: 'closed_send' });
        this.form = h('form', { class: 'closed-form' }, h('label', { for: 'closed-text', t: 'closed_text' }), this.note,
            h('label', { for: 'closed-contact', t: 'closed_contact' }), h('div', { class: 'closed-line' }, this.input, this.button), this.problem);
        this.element = h('section', { class: 'closed', label: 'closed_title', hidden: true }, h('div', { class: 'closed-head', role: 'status' }, icon('clock'), this.words), this.form);
        this.form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#send();
        });
        visit.addEventListener('changed', () => this.draw());
        document.addEventListener('vitrine:language', () => this.draw());
    }

    /** Whether it stands in the place of the line that tells of the wait. */
    get isShown() {
        return !this.element.hidden;
    }

    draw() {
        const { conversation } = this.visit;
        const isClosed = conversation?.status === 'waiting' && Boolean(conversation.opens_ts);
        this.element.hidden = !isClosed;
        if (!isClosed) return;
        const until = t('closed_until', { time: opening(conversation.opens_ts) });
        setText(this.words, this.#done === conversation.number ? `${until} ${t('closed_kept')}` : until);
        this.form.hidden = this.#done === conversation.number;
    }

    async #send() {
        const { conversation, client } = this.visit;
        this.button.disabled = true;
        setText(this.problem, '');
        try {
            await deskPost(client, `conversations/${conversation.number}/contact`, {
                contact: this.input.value.trim(), text: this.note.value.trim() || t('closed_default'),
            });
            this.#done = conversation.number;
            this.draw();
        } catch (error) {
            setText(this.problem, error.name === 'NetworkError' ? t('login_no_network') : error.message);
        } finally {
            this.button.disabled = false;
        }
    }
}
