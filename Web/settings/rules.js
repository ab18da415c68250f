// Rules: where conversations go, read from the top; the first that fits decides. Below them a box to try them out.

import { t } from '../language.js';
import { deskGet, deskPost, deskPut } from '../matrix/desk.js';
import { h, setText } from '../parts/dom.js';
import { OrderedSection, conditionFields, conditionWords, languages, put } from './conditions.js';
import { choice, field, listed, more, numberInput, openForm, pair, textArea, textInput, tried } from './form.js';

export class Rules extends OrderedSection {
    constructor(setup) {
        super(setup, 'rules', () => this.edit(null));
        this.extra.append(this.#trial());
    }

    async fetch() {
        this.entrances = (await deskGet(this.client, 'scenes')).entrances;
        this.known.replaceChildren(...this.entrances.map(({ entry }) => h('option', { value: entry })));
    }

    rows() {
        return this.rules.map((rule, place) => {
            const { then } = rule;
            const goes = [this.setup.queueName(then.queue), then.robot ? t('settings_then_robot', { name: this.setup.robotName(then.robot) }) : null,
                then.priority ? t('settings_then_priority', { n: then.priority }) : null, then.skills?.length ? then.skills.join(', ') : null].filter(Boolean);
            return this.row(`${place + 1}. ${conditionWords(rule.if)}`, {
                data: { place }, lines: [`→ ${goes.join(' · ')}`, then.greeting ? `“${then.greeting}”` : null],
                buttons: this.tools(place),
            });
        });
    }

    get rules() {
        return this.setup.rules;
    }

    set rules(rules) {
        this.setup.rules = rules;
    }

    save(rules) {
        return deskPut(this.client, 'rules', { rules });
    }

    edit(place) {
        const rule = place === null ? { if: {}, then: {} } : this.setup.rules[place];
        const [when, then] = [{ ...rule.if }, { ...rule.then }];
        const { entry, category, language, returning, intent, read } = conditionFields(when, 'set-entries');
        const topic = textInput(when.topic, { maxlength: 64 });
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
            read();
            put(when, 'topic', topic.value.trim());
            put(then, 'queue', Number(queue.value));
            put(then, 'robot', robot.value ? Number(robot.value) : null);
            put(then, 'priority', Number(priority.value) || null);
            put(then, 'skills', listed(skills.value).length ? listed(skills.value) : null);
            put(then, 'greeting', greeting.value.trim());
            await this.keep(place === null ? { if: when, then } : { ...rule, if: when, then }, place);
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
