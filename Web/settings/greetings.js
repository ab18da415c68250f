// Greetings: when the shop speaks first to a visitor who has looked for a while and has not asked. The first that fits counts.

import { t } from '../language.js';
import { deskGet, deskPut } from '../matrix/desk.js';
import { h } from '../parts/dom.js';
import { OrderedSection, conditionFields, conditionWords, put } from './conditions.js';
import { field, more, numberInput, openForm, pair, textArea } from './form.js';

export class Greetings extends OrderedSection {
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
            buttons: this.tools(place),
        }));
    }

    save(rules) {
        return deskPut(this.client, 'policies/greetings', { rules });
    }

    edit(place) {
        const rule = place === null ? { if: { entry: 'item.page' }, after_s: 40, text: '' } : this.rules[place];
        const when = { ...rule.if };
        const { entry, category, language, returning, intent, read } = conditionFields(when, 'greeting-entries');
        const visits = numberInput(when['item.visits'] ?? '', { min: 1, max: 1000, required: false });
        const after = numberInput(rule.after_s ?? 40, { min: 1, max: 3600 });
        const text = textArea(rule.text, { rows: 3, maxlength: 500, required: true });
        openForm(place === null ? 'settings_greeting_new' : 'settings_greeting_edit', [
            h('p', { class: 'set-label', t: 'settings_if' }), pair(field('settings_entry', entry, 'settings_entry_help'), field('settings_greeting_seconds', after)),
            more('settings_more_conditions', pair(field('settings_category', category), field('settings_language', language)),
                pair(field('settings_returning', returning), field('settings_greeting_visits', visits)), field('settings_intent', intent, 'settings_intent_help')),
            field('settings_greeting_text', text),
        ], async () => {
            read();
            put(when, 'item.visits', visits.value === '' ? null : Number(visits.value));
            await this.keep({ ...rule, if: when, after_s: Number(after.value), text: text.value.trim() }, place);
        });
    }
}
