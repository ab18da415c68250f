// Macros: several steps by one key.

import { t } from '../language.js';
import { deskGet, deskPut } from '../matrix/desk.js';
import { h } from '../parts/dom.js';
import { choice, field, openForm, textInput } from './form.js';
import { Section } from './section.js';

const kinds = ['reply', 'tag', 'note', 'transfer', 'snooze', 'resolve'];
const valueOf = { reply: 'text', note: 'text', tag: 'tag', transfer: 'queue', snooze: 'minutes' };

export class Macros extends Section {
    constructor(setup) {
        super(setup, 'macros', () => this.edit(null));
    }

    async fetch() {
        this.macros = (await deskGet(this.client, 'macros')).macros;
    }

    rows() {
        return this.macros.map((macro) => this.row(macro.name, {
            lines: macro.steps.map((step) => this.#words(step)), data: { macro: macro.name },
            buttons: [['settings_edit', () => this.edit(macro)], ['settings_remove', (row) => this.#remove(row, macro)]],
        }));
    }

    #words(step) {
        const value = step.do === 'transfer' ? this.setup.queueName(step.queue) : step[valueOf[step.do]] ?? '';
        return `${t(`settings_step_${step.do}`)}${value === '' ? '' : `: ${value}`}`;
    }

    #keep({ name, steps }) {
        return deskPut(this.client, `macros/${encodeURIComponent(name)}`, { steps });
    }

    #remove(row, macro) {
        return this.remove(row, macro.name, () => this.client.request('DELETE', `/api/v1/desk/macros/${encodeURIComponent(macro.name)}`), () => this.#keep(macro));
    }

    edit(macro) {
        const name = textInput(macro?.name, { required: true, maxlength: 64, readonly: Boolean(macro) });
        const steps = h('ol', { class: 'set-steps' });
        for (const step of macro?.steps ?? [{ do: 'reply' }]) steps.append(this.#step(step));
        const add = h('button', { type: 'button', class: 'button is-small', t: 'settings_step_add', on: { click: () => { steps.append(this.#step({ do: 'tag' })); steps.lastElementChild.querySelector('select').focus(); } } });
        openForm(macro ? 'settings_macro_edit' : 'settings_macro_new', [field('settings_name', name), h('p', { class: 'set-label', t: 'settings_steps' }), steps, add,
            h('p', { class: 'quiet', t: 'settings_steps_help' })], async () => {
            await this.#keep({ name: name.value.trim(), steps: [...steps.children].map((item) => item.read()) });
            await this.load();
        });
    }

    #step(step) {
        const kind = choice(kinds.map((each) => [each, { t: `settings_step_${each}` }]), step.do, { label: 'settings_step' });
        const slot = h('span', { class: 'set-step-value' });
        const item = h('li', {}, kind, slot, h('button', { type: 'button', class: 'button is-small', t: 'settings_remove', on: { click: () => item.remove() } }));
        let value = null;
        const draw = (given) => {
            if (kind.value === 'transfer') value = choice(this.setup.queues.map((each) => [each.queue, each.name]), given ?? this.setup.queues[0]?.queue, { label: 'settings_queue' });
            else if (kind.value === 'snooze') value = h('input', { class: 'input', type: 'number', min: 1, max: 129_600, required: true, value: given ?? 60, label: 'settings_minutes' });
            else if (kind.value === 'resolve') value = null;
            else value = textInput(given, { required: true, maxlength: kind.value === 'tag' ? 64 : 4000, label: `settings_step_${kind.value}` });
            slot.replaceChildren(...(value ? [value] : []));
        };
        kind.addEventListener('change', () => draw());
        draw(step[valueOf[step.do]]);
        item.read = () => {
            const read = { do: kind.value };
            if (value) read[valueOf[kind.value]] = ['transfer', 'snooze'].includes(kind.value) ? Number(value.value) : value.value.trim();
            return read;
        };
        return item;
    }
}
