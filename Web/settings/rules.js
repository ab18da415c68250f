// Rules: where conversations go, read from the top; the first that fits decides. Below them a box to try them out.

import { t } from '../language.js';
import { deskGet, deskPost, deskPut } from '../matrix/desk.js';
import { h, setText } from '../parts/dom.js';
import { choice, field, listed, more, numberInput, openForm, pair, textArea, textInput, tried } from './form.js';
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

export class Rules extends Section {
    constructor(setup) {
        super(setup, 'rules', () => this.edit(null));
        this.extra.append(this.#trial());
    }

    async fetch() {
        this.entrances = (await deskGet(this.client, 'scenes')).entrances;
        this.known.replaceChildren(...this.entrances.map(({ entry }) => h('option', { value: entry })));
    }

    rows() {
        const { rules } = this.setup;
        return rules.map((rule, place) => {
            const { then } = rule;
            const goes = [this.setup.queueName(then.queue), then.robot ? t('settings_then_robot', { name: this.setup.robotName(then.robot) }) : null,
                then.priority ? t('settings_then_priority', { n: then.priority }) : null, then.skills?.length ? then.skills.join(', ') : null].filter(Boolean);
            return this.row(`${place + 1}. ${conditionWords(rule.if)}`, {
                data: { place }, lines: [`→ ${goes.join(' · ')}`, then.greeting ? `“${then.greeting}”` : null],
                buttons: [['settings_edit', () => this.edit(place)],
                    ['settings_up', () => this.#move(place, -1), { disabled: place === 0 }], ['settings_down', () => this.#move(place, 1), { disabled: place === rules.length - 1 }],
                    ['settings_remove', (row) => this.#remove(row, place)]],
            });
        });
    }

    async #keep(rules) {
        await deskPut(this.client, 'rules', { rules });
        await this.load();
    }

    async #move(place, step) {
        const rules = [...this.setup.rules];
        const [moved] = rules.splice(place, 1);
        rules.splice(place + step, 0, moved);
        await this.#keep(rules);
        // The rule that was moved keeps the focus, so that it can be moved again.
        const tools = this.list.children[place + step]?.querySelectorAll('.set-row-tools button');
        const wanted = tools?.[step < 0 ? 1 : 2];
        (wanted?.disabled ? tools[step < 0 ? 2 : 1] : wanted)?.focus();
    }

    #remove(row, place) {
        const before = this.setup.rules;
        return this.remove(row, t('settings_rule_n', { n: place + 1 }), async () => {
            const rules = before.filter((_, index) => index !== place);
            await deskPut(this.client, 'rules', { rules });
            this.setup.rules = rules;
        }, () => deskPut(this.client, 'rules', { rules: before }));
    }

    edit(place) {
        const rule = place === null ? { if: {}, then: {} } : this.setup.rules[place];
        const [when, then] = [{ ...rule.if }, { ...rule.then }];
        const entry = textInput(when.entry, { list: 'set-entries', maxlength: 64, spellcheck: 'false' });
        const category = textInput(when['item.category'], { maxlength: 128 });
        const topic = textInput(when.topic, { maxlength: 64 });
        const language = choice(languages, when.language ?? '');
        const returning = choice([['', { t: 'settings_any' }], ['true', { t: 'settings_if_returning' }], ['false', { t: 'settings_if_new' }]], when.returning ?? '');
        const intent = numberInput(when.intent ?? '', { min: 0, max: 1000, required: false });
        const queue = choice(this.setup.queues.map((each) => [each.queue, each.name]), then.queue ?? this.setup.queues[0]?.queue, { required: true });
        const robot = choice([['', { t: 'settings_no_robot' }], ...this.setup.activeRobots.map((each) => [each.user, each.name || each.id])], then.robot ?? '');
        const priority = numberInput(then.priority ?? 0, { min: 0, max: 9 });
        const skills = textInput((then.skills ?? []).join(', '), { maxlength: 500 });
        const greeting = textArea(then.greeting, { rows: 2, maxlength: 500 });
        openForm(place === null ? 'settings_rule_new' : 'settings_rule_edit', [
            h('p', { class: 'set-label', t: 'settings_if' }), pair(field('settings_entry', entry, 'settings_entry_help'), field('settings_category', category)),
            pair(field('settings_topic', topic), field('settings_language', language)),
            more('settings_more_conditions', pair(field('settings_returning', returning), field('settings_intent', intent, 'settings_intent_help'))),
            h('p', { class: 'set-label', t: 'settings_then' }), pair(field('settings_queue', queue), field('settings_robot', robot, 'settings_robot_help')),
            pair(field('settings_priority', priority, 'settings_priority_help'), field('settings_skills', skills)),
            field('settings_greeting', greeting),
        ], async () => {
            put(when, 'entry', entry.value.trim());
            put(when, 'item.category', category.value.trim());
            put(when, 'topic', topic.value.trim());
            put(when, 'language', language.value);
            put(when, 'returning', returning.value === '' ? null : returning.value === 'true');
            put(when, 'intent', intent.value === '' ? null : Number(intent.value));
            put(then, 'queue', Number(queue.value));
            put(then, 'robot', robot.value ? Number(robot.value) : null);
            put(then, 'priority', Number(priority.value) || null);
            put(then, 'skills', listed(skills.value).length ? listed(skills.value) : null);
            put(then, 'greeting', greeting.value.trim());
            const rules = [...this.setup.rules];
            if (place === null) rules.push({ if: when, then });
            else rules[place] = { ...rule, if: when, then };
            await this.#keep(rules);
        });
    }

    // MARK: Trying out

    #trial() {
        this.known = h('datalist', { id: 'set-entries' });
        const entry = textInput('page', { list: 'set-entries', required: true, maxlength: 64, spellcheck: 'false' });
        const topic = textInput('general', { required: true, maxlength: 64 });
        const category = textInput('', { maxlength: 128 });
        const language = choice(languages, '');
        const returning = choice([['false', { t: 'settings_if_new' }], ['true', { t: 'settings_if_returning' }]], 'false');
        const answer = h('p', { class: 'set-answer', role: 'status' });
        const problem = h('p', { class: 'form-error', role: 'alert' });
        const form = h('form', { class: 'set-trial' }, h('h3', { t: 'settings_trial' }), h('p', { class: 'quiet', t: 'settings_trial_text' }),
            h('div', { class: 'set-grid' }, field('settings_entry', entry), field('settings_topic', topic), field('settings_category', category),
                field('settings_language', language), field('settings_returning', returning)),
            h('div', { class: 'set-inline' }, h('button', { class: 'button', t: 'settings_try' }), answer), problem);
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            tried(problem, async () => {
                const facts = { entry: entry.value.trim(), topic: topic.value.trim(), returning: returning.value === 'true' };
                if (category.value.trim()) facts.category = category.value.trim();
                if (language.value) facts.language = language.value;
                const found = await deskPost(this.client, 'rules/test', facts);
                const words = { queue: this.setup.queueName(found.queue), n: (found.rule ?? 0) + 1 };
                const by = found.rule === null ? t('settings_trial_none', words) : t('settings_trial_rule', words);
                setText(answer, found.robot ? `${by} ${t('settings_trial_robot', { name: this.setup.robotName(found.robot) })}` : by);
            });
        });
        return h('div', {}, this.known, form);
    }
}
