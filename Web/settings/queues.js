// Queues: how their conversations reach agents, when they are open, how soon somebody should answer.

import { counted, t } from '../language.js';
import { deskPost, deskPut } from '../matrix/desk.js';
import { choice, field, numberInput, openForm, pair, textInput, tick } from './form.js';
import { HoursField, hoursWords } from './hours.js';
import { Section } from './section.js';

const minute = 60_000;

export class Queues extends Section {
    constructor(setup) {
        super(setup, 'queues', () => this.edit(null));
    }

    rows() {
        return this.setup.queues.map((queue) => {
            const people = this.setup.agents.filter((agent) => agent.queues.includes(queue.queue));
            const tags = [[t(`settings_mode_${queue.mode}`)]];
            if (!queue.active) tags.push([t('settings_paused'), 'is-quiet']);
            if (queue.offset_ms < 0) tags.push([t('settings_ahead', { n: Math.round(-queue.offset_ms / minute) })]);
            return this.row(queue.name, {
                tags, data: { queue: queue.queue },
                lines: [`${counted('settings_people', people.length)} · ${t('settings_queue_line', { target: Math.round(queue.target_ms / 1000) })}`, hoursWords(queue.hours),
                    queue.overflow ? t('settings_overflow_line', { name: this.setup.queueName(queue.overflow) }) : null],
                buttons: [['settings_edit', () => this.edit(queue)],
                    [queue.active ? 'settings_pause' : 'settings_resume', () => this.#keep(queue.queue, { ...queue, active: !queue.active })]],
            });
        });
    }

    async #keep(number, queue) {
        if (number) await deskPut(this.client, `queues/${number}`, queue);
        else await deskPost(this.client, 'queues', queue);
        await this.load();
    }

    edit(queue) {
        const name = textInput(queue?.name, { required: true, maxlength: 64, name: 'name' });
        const mode = choice(['push', 'offer', 'pick'].map((each) => [each, { t: `settings_mode_${each}` }]), queue?.mode ?? 'push');
        const policy = choice(['leastLoaded', 'longestIdle', 'specialist'].map((each) => [each, { t: `settings_policy_${each}` }]), queue?.policy ?? 'leastLoaded');
        const target = numberInput(Math.round((queue?.target_ms ?? minute) / 1000), { min: 1, max: 86_400 });
        const ahead = numberInput(Math.round(-(queue?.offset_ms ?? 0) / minute), { min: -10_000, max: 10_000 });
        const others = this.setup.queues.filter((each) => each.queue !== queue?.queue);
        const overflow = choice([['', { t: 'settings_nowhere' }], ...others.map((each) => [each.queue, each.name])], queue?.overflow ?? '');
        const hours = new HoursField(queue?.hours);
        const active = tick({ t: 'settings_queue_active' }, queue?.active ?? true);
        openForm(queue ? 'settings_queue_edit' : 'settings_queue_new', [field('settings_name', name),
            pair(field('settings_mode', mode, 'settings_mode_help'), field('settings_policy', policy)),
            pair(field('settings_target', target, 'settings_target_help'), field('settings_ahead_label', ahead, 'settings_ahead_help')),
            field('settings_overflow', overflow, 'settings_overflow_help'), active.element, hours.element],
        () => this.#keep(queue?.queue ?? null, {
            name: name.value.trim(), mode: mode.value, policy: policy.value, target_ms: Number(target.value) * 1000,
            offset_ms: -Number(ahead.value) * minute, overflow: overflow.value ? Number(overflow.value) : null,
            active: active.input.checked, hours: hours.value,
        }));
    }
}
