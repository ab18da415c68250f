// Rules that stand in an order, of which the first that fits decides: their words, their fields, and their rows.

import { t } from '../language.js';
import { choice, numberInput, textInput } from './form.js';
import { Section } from './section.js';

export const languages = [['', { t: 'settings_any' }], ['en', 'English'], ['zh', '中文']];

/** A condition's own words, e.g. "entrance item.book". */
export function conditionWords(parts) {
    const words = Object.entries(parts ?? {}).map(([name, value]) => {
        if (name === 'returning') return t(value ? 'settings_if_returning' : 'settings_if_new');
        const key = { entry: 'settings_if_entry', 'item.category': 'settings_if_category', topic: 'settings_if_topic', language: 'settings_if_language', intent: 'settings_if_intent',
            visits: 'settings_if_visits', 'item.visits': 'settings_if_item_visits' }[name];
        return key ? t(key, { value }) : `${name} ${JSON.stringify(value)}`;
    });
    return words.length ? words.join(' · ') : t('settings_if_any');
}

/** Sets what was filled in and leaves out what was not. */
export function put(parts, name, value) {
    if (value === '' || value === null || value === undefined) delete parts[name];
    else parts[name] = value;
}

/** The fields of what every condition may name; `entries` is the id of the known entrances, `read(when)` takes them over. */
export function conditionFields(when, entries) {
    const entry = textInput(when.entry, { list: entries, maxlength: 64, spellcheck: 'false' });
    const category = textInput(when['item.category'], { maxlength: 128 });
    const language = choice(languages, when.language ?? '');
    const returning = choice([['', { t: 'settings_any' }], ['true', { t: 'settings_if_returning' }], ['false', { t: 'settings_if_new' }]], when.returning ?? '');
    const intent = numberInput(when.intent ?? '', { min: 0, max: 1000, required: false });
    const read = () => {
        put(when, 'entry', entry.value.trim());
        put(when, 'item.category', category.value.trim());
        put(when, 'language', language.value);
        put(when, 'returning', returning.value === '' ? null : returning.value === 'true');
        put(when, 'intent', intent.value === '' ? null : Number(intent.value));
    };
    return { entry, category, language, returning, intent, read };
}

/** A section of such rules. Who stands on it has `rules`, which can be set, and `save(rules)`. */
export class OrderedSection extends Section {
    /** The buttons of the rule at `place`. */
    tools(place) {
        return [['settings_edit', () => this.edit(place)], ['settings_up', () => this.#move(place, -1), { disabled: place === 0 }],
            ['settings_down', () => this.#move(place, 1), { disabled: place === this.rules.length - 1 }], ['settings_remove', (row) => this.#remove(row, place)]];
    }

    /** Puts `rule` at `place`, or at the end. */
    async keep(rule, place) {
        const rules = [...this.rules];
        if (place === null) rules.push(rule);
        else rules[place] = rule;
        await this.#keep(rules);
    }

    async #keep(rules) {
        await this.save(rules);
        await this.load();
    }

    async #move(place, step) {
        const rules = [...this.rules];
        const [moved] = rules.splice(place, 1);
        rules.splice(place + step, 0, moved);
        await this.#keep(rules);
        // The rule that was moved keeps the focus, so that it can be moved again.
        const tools = this.list.children[place + step]?.querySelectorAll('.set-row-tools button');
        const wanted = tools?.[step < 0 ? 1 : 2];
        (wanted?.disabled ? tools[step < 0 ? 2 : 1] : wanted)?.focus();
    }

    #remove(row, place) {
        const before = this.rules;
        return this.remove(row, t('settings_rule_n', { n: place + 1 }), async () => {
            const rules = before.filter((_, index) => index !== place);
            await this.save(rules);
            this.rules = rules;
        }, () => this.save(before));
    }
}
