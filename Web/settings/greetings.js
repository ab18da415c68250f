// Greetings: when the shop speaks first to a visitor who has looked for a while and has not asked. The first that fits counts.

import { t } from '../language.js';
import { deskGet, deskPut } from '../matrix/desk.js';
import { h } from '../parts/dom.js';
import { choice, field, more, numberInput, openForm, pair, textArea, textInput } from './form.js';
import { conditionWords, languages, put } from './rules.js';
import { Section } from './section.js';

export class Greetings extends Section {
    constructor(setup) {
        super(setup, 'greetings', () => this.edit(null));
        this.known = h('datalist', { id: 'greeting-entries' });
        this.extra.append(this.known, h('p', { class: 'quiet', t: 'settings_greeting_tag' }));
    }

    async fetch() {
        const [policy, { entrances }] = await Promise.all([deskGet(this.client, 'policies/greetings'), deskGet(this.client, 'scenes')]);
        this.rules = policy.rules ?? [];
        this.known.replaceChildren(...entrances.map(({ entry }) => h('option', { value: entry })));
    }

    rows() {
        return this.rules.map((rule, place) => this.row(`${place + 1}. ${conditionWords(rule.if)}`, {
            data: { place }, tags: [[t('settings_greeting_after', { n: rule.after_s ?? 40 })]], lines: [`“${rule.text}”`],
            buttons: [['settings_edit', () => this.edit(place)], ['settings_up', () => this.#move(place, -1), { disabled: place === 0 }],
                ['settings_down', () => this.#move(place, 1), { disabled: place === this.rules.length - 1 }], ['settings_remove', (row) => this.#remove(row, place)]],
        }));
    }

    async #keep(rules) {
        await deskPut(this.client, 'policies/greetings', { rules });
        await this.load();
    }

    async #move(place, step) {
        const rules = [...this.rules];
        const [moved] = rules.splice(place, 1);
        rules.splice(place + step, 0, moved);
        await this.#keep(rules);
        const tools = this.list.children[place + step]?.querySelectorAll('.set-row-tools button');
        const wanted = tools?.[step < 0 ? 1 : 2];
        (wanted?.disabled ? tools[step < 0 ? 2 : 1] : wanted)?.focus();
    }

    #remove(row, place) {
        const before = this.rules;
        return this.remove(row, t('settings_rule_n', { n: place + 1 }), async () => {
            this.rules = before.filter((_, index) => index !== place);
            await deskPut(this.client, 'policies/greetings', { rules: this.rules });
        }, () => deskPut(this.client, 'policies/greetings', { rules: before }));
    }

    edit(place) {
        const rule = place === null ? { if: { entry: 'item.page' }, after_s: 40, text: '' } : this.rules[place];
        const when = { ...rule.if };
        const entry = textInput(when.entry, { list: 'greeting-entries', maxlength: 64, spellcheck: 'false' });
        const category = textInput(when['item.category'], { maxlength: 128 });
        const language = choice(languages, when.language ?? '');
        const returning = choice([['', { t: 'settings_any' }], ['true', { t: 'settings_if_returning' }], ['false', { t: 'settings_if_new' }]], when.returning ?? '');
        const intent = numberInput(when.intent ?? '', { min: 0, max: 1000, required: false });
        const visits = numberInput(when['item.visits'] ?? '', { min: 1, max: 1000, required: false });
        const after = numberInput(rule.after_s ?? 40, { min: 1, max: 3600 });
        const text = textArea(rule.text, { rows: 3, maxlength: 500, required: true });
        openForm(place === null ? 'settings_greeting_new' : 'settings_greeting_edit', [
            h('p', { class: 'set-label', t: 'settings_if' }), pair(field('settings_entry', entry, 'settings_entry_help'), field('settings_greeting_seconds', after)),
            more('settings_more_conditions', pair(field('settings_category', category), field('settings_language', language)),
                pair(field('settings_returning', returning), field('settings_greeting_visits', visits)), field('settings_intent', intent, 'settings_intent_help')),
            field('settings_greeting_text', text),
        ], async () => {
            put(when, 'entry', entry.value.trim());
            put(when, 'item.category', category.value.trim());
            put(when, 'language', language.value);
            put(when, 'returning', returning.value === '' ? null : returning.value === 'true');
            put(when, 'intent', intent.value === '' ? null : Number(intent.value));
            put(when, 'item.visits', visits.value === '' ? null : Number(visits.value));
            const kept = { ...rule, if: when, after_s: Number(after.value), text: text.value.trim() };
            const rules = [...this.rules];
            if (place === null) rules.push(kept);
            else rules[place] = kept;
            await this.#keep(rules);
        });
    }
}
