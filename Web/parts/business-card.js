// A card in a message: texts, facts, questions and buttons. A press goes to the server and its answer comes back as an
// edit of the card. Nothing of a card becomes markup.

import { t } from '../language.js';
import { pressCard } from '../matrix/desk.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import './picture.js';

const most = 40;
let counter = 0;

const words = (value, length = 2000) => (typeof value === 'string' ? value.slice(0, length) : '');
const list = (value) => (Array.isArray(value) ? value.slice(0, most) : []).filter((each) => typeof each === 'object' && each !== null);

function textBlock(element) {
    const strong = element.weight === 'Bolder' || ['Large', 'Medium', 'ExtraLarge'].includes(element.size);
    return h('p', { class: strong ? 'card-title' : `card-text${element.isSubtle ? ' quiet' : ''}`, dir: 'auto' }, words(element.text));
}

/** The way into a panorama of this server, whose address stands in a text. */
function lookAround(element) {
    const share = words(element.text).match(/\/panorama\?share=([\w-]{16,64})$/)?.[1];
    if (!share) return null;
    return h('a', { class: 'look-around', href: `/panorama?share=${share}`, target: '_blank', rel: 'noopener' }, icon('eye'), h('span', { t: 'look_around' }));
}

function facts(element) {
    return h('dl', { class: 'card-facts' }, list(element.facts).map((fact) => h('div', {},
        h('dt', { dir: 'auto' }, words(fact.title, 200)), h('dd', { dir: 'auto' }, words(fact.value, 500)))));
}

function choices(element, name, disabled) {
    const inputs = list(element.choices).map((choice, index) => {
        const input = h('input', {
            type: 'radio', name, value: words(choice.value, 200), disabled, required: element.isRequired === true,
            checked: element.value === choice.value || null, id: `${name}-${index}`,
        });
        return h('label', { class: 'card-choice', for: `${name}-${index}` }, input, h('span', { dir: 'auto' }, words(choice.title, 200)));
    });
    return h('fieldset', { class: 'card-choices' }, h('legend', {}, words(element.label, 200) || t('card_choose')), inputs);
}

const types = { 'Input.Number': 'number', 'Input.Date': 'date', 'Input.Time': 'time', 'Input.Text': 'text' };

function field(element, name, disabled) {
    const input = h('input', {
        class: 'input', id: name, name, type: types[element.type], disabled, required: element.isRequired === true,
        placeholder: words(element.placeholder, 200) || null, value: element.value ?? null, autocomplete: 'off',
        min: Number.isSafeInteger(element.min) ? element.min : null, max: Number.isSafeInteger(element.max) ? element.max : null,
        maxlength: Number.isSafeInteger(element.maxLength) ? element.maxLength : null,
        step: element.type === 'Input.Number' ? 1 : null,
    });
    return h('div', { class: 'card-field' }, h('label', { for: name, dir: 'auto' }, words(element.label, 200) || words(element.id, 64)), input);
}

function toggle(element, name, disabled) {
    return h('label', { class: 'card-choice', for: name },
        h('input', { type: 'checkbox', id: name, name, disabled, checked: element.value === 'true' || null }),
        h('span', { dir: 'auto' }, words(element.title, 200)));
}

class BusinessCard extends HTMLElement {
    /** `item` of the timeline with its `card` as `readBusinessCard` gave it. */
    show(item, card, client) {
        this.item = item;
        this.card = card;
        this.client = client;
        counter += 1;
        this.inputPrefix = `card${counter}`;
        this.readers = new Map();
        this.className = `business-card is-${card.state}`;
        this.dataset.state = card.state;
        // Whether it is for this person is the server's to say; the shop's people see what the customer sees.
        this.mayPress = card.state === 'active' && this.#isForMe();
        this.problem = h('p', { class: 'card-problem', role: 'alert' });
        const form = h('form', { class: 'card-form', novalidate: false }, list(card.layout.body).map((each) => this.#element(each, 0)),
            this.problem, this.#foot());
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#press(event.submitter?.dataset.verb);
        });
        this.replaceChildren(form);
    }

    #isForMe() {
        return (this.card.for === 'staff') === (this.client.page === 'agent');
    }

    #element(element, depth) {
        if (depth > 8) return null;
        const name = `${this.inputPrefix}-${words(element.id, 64)}`;
        const disabled = !this.mayPress;
        // What was asked is over; the outcome says what came of it.
        if (words(element.type).startsWith('Input.') && !['active', 'busy'].includes(this.card.state)) return null;
        switch (element.type) {
        case 'TextBlock': return (this.card.kind === 'item.panorama' && lookAround(element)) || textBlock(element);
        case 'FactSet': return facts(element);
        case 'Image': {
            const picture = document.createElement('vt-picture');
            picture.configure({ client: this.client, source: { mxc: words(element.url, 500) }, info: {}, name: words(element.altText, 200) });
            return h('div', { class: 'card-picture' }, picture);
        }
        case 'Container': return h('div', { class: 'card-box' }, list(element.items).map((each) => this.#element(each, depth + 1)));
        case 'ColumnSet': return h('div', { class: 'card-columns' }, list(element.columns).map((column) => h('div', {},
            list(column.items).map((each) => this.#element(each, depth + 1)))));
        case 'Input.ChoiceSet':
            this.readers.set(element.id, (form) => form.elements[name]?.value || null);
            return choices(element, name, disabled);
        case 'Input.Toggle':
            this.readers.set(element.id, (form) => form.elements[name]?.checked ?? false);
            return toggle(element, name, disabled);
        case 'Input.Number':
            this.readers.set(element.id, (form) => (form.elements[name]?.value === '' ? null : Number(form.elements[name]?.value)));
            return field(element, name, disabled);
        case 'Input.Text': case 'Input.Date': case 'Input.Time':
            this.readers.set(element.id, (form) => form.elements[name]?.value || null);
            return field(element, name, disabled);
        default: return null;
        }
    }

    #foot() {
        const { card } = this;
        if (card.state !== 'active' || !this.#isForMe()) return this.#outcome();
        return h('div', { class: 'card-actions' }, list(card.layout.actions).map((action, index) => {
            if (action.type === 'Action.OpenUrl') {
                return h('a', { class: 'button is-small', href: words(action.url), target: '_blank', rel: 'noopener noreferrer nofollow' }, words(action.title, 80));
            }
            return h('button', {
                type: 'submit', class: `button${index === 0 ? ' is-primary' : ''}`, data: { verb: words(action.verb, 64) },
            }, words(action.title, 80) || words(action.verb, 64));
        }), this.#note());
    }

    #note() {
        return this.card.note ? h('p', { class: 'card-note', dir: 'auto' }, words(this.card.note)) : null;
    }

    #outcome() {
        const { state } = this.card;
        const shapes = { busy: 'clock', done: 'check', failed: 'warning', expired: 'clock', cancelled: 'close', active: 'clock' };
        return h('div', { class: 'card-outcome', role: 'status' }, icon(shapes[state] ?? 'info'),
            h('p', { dir: 'auto' }, words(this.card.note) || t(`card_state_${state}`)));
    }

    async #press(verb) {
        if (!verb || !this.mayPress) return;
        const form = this.querySelector('form');
        const data = {};
        for (const [id, read] of this.readers) {
            const value = read(form);
            if (value !== null) data[id] = value;
        }
        this.problem.textContent = '';
        // What was sent once goes out again as the same press, however often the button is touched.
        const txn = `${this.item.event.event_id}.${this.card.rev}.${verb}.${JSON.stringify(data)}`.slice(0, 255);
        this.#busy(true);
        try {
            await pressCard(this.client, this.item.room, this.item.event.event_id, { verb, rev: this.card.rev, data, txn });
        } catch (error) {
            this.#busy(false);
            this.problem.textContent = error.status === 409 ? t('card_stale') : error.status === 422 ? error.message
                : error.status === 410 ? t('card_state_expired') : t('card_press_failed');
        }
    }

    #busy(busy) {
        this.classList.toggle('is-pressing', busy);
        for (const control of this.querySelectorAll('input, button')) control.disabled = busy;
    }
}

customElements.define('vt-business-card', BusinessCard);

/** The body of a message that carries a card. */
export function businessCard(item, card, client) {
    const element = document.createElement('vt-business-card');
    element.show(item, card, client);
    return element;
}
