// The people of the desk: which queues they serve, what they can do, and how much at a time.

import { t } from '../language.js';
import { deskDelete, deskGet, deskPost, deskPut } from '../matrix/desk.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { choice, field, listed, numberInput, openForm, pair, textInput, tick } from './form.js';
import { HoursField, hoursWords } from './hours.js';
import { Section } from './section.js';

const roles = ['service', 'telesales', 'sales', 'appraiser', 'finance', 'aftersales'];

export class Agents extends Section {
    constructor(setup) {
        super(setup, 'agents', () => this.does(() => this.edit(null)));
    }

    draw() {
        super.draw();
        if (this.setup.isAdmin && !this.make) {
            this.make = h('button', { type: 'button', class: 'button is-small', t: 'settings_staff_new', on: { click: () => this.#makeAccount() } });
            this.extra.append(this.make, h('p', { class: 'quiet', t: 'settings_staff_text' }));
        }
    }

    #makeAccount() {
        const name = textInput('', { required: true, maxlength: 64 });
        const login = textInput('', { required: true, maxlength: 64, pattern: '[a-z0-9._=\\-\\/+]+', spellcheck: 'false', autocapitalize: 'none' });
        const password = textInput('', { required: true, minlength: 8, maxlength: 500, type: 'password', autocomplete: 'new-password' });
        openForm('settings_staff_new', [field('settings_name', name), field('settings_staff_login', login, 'settings_staff_login_help'),
            field('settings_staff_password', password)], async () => {
            const made = await deskPost(this.client, 'staff', { name: name.value.trim(), login: login.value.trim(), password: password.value });
            await this.load();
            toast('settings_staff_made', { id: made.user_id });
        }, { className: 'is-small' });
    }

    async fetch() {
        this.staff = (await deskGet(this.client, 'staff')).staff;
    }

    rows() {
        return this.setup.agents.map((agent) => {
            const name = this.setup.agentName(agent);
            const tags = [[t(`settings_status_${agent.present ? agent.status : 'offline'}`), agent.present ? '' : 'is-quiet']];
            if (agent.role) tags.push([t(`role_${agent.role}`)]);
            if (agent.supervisor) tags.push([t('settings_supervisor')]);
            return this.row(name, {
                tags, data: { agent: agent.agent },
                lines: [agent.queues.length ? agent.queues.map((number) => this.setup.queueName(number)).join(' · ') : t('settings_no_queue'),
                    t('settings_agent_line', { load: agent.load, capacity: agent.capacity }) + (agent.skills.length ? ` · ${agent.skills.join(', ')}` : ''),
                    agent.hours ? hoursWords(agent.hours) : null],
                buttons: [['settings_edit', () => this.edit(agent)], ...(agent.queues.length ? [['settings_take_off', (row) => this.#takeOff(row, agent)]] : []),
                    ['settings_remove', (row) => this.#remove(row, agent)]],
            });
        });
    }

    #keep(user, { capacity, skills, queues, hours, supervisor, role }) {
        return deskPut(this.client, `agents/${encodeURIComponent(user)}`, { capacity, skills, queues, hours, supervisor, role });
    }

    #takeOff(row, agent) {
        return this.remove(row, this.setup.agentName(agent), () => this.#keep(agent.user_id, { ...agent, queues: [] }), () => this.#keep(agent.user_id, agent));
    }

    #remove(row, agent) {
        return this.remove(row, this.setup.agentName(agent), () => deskDelete(this.client, `agents/${encodeURIComponent(agent.user_id)}`), () => this.#keep(agent.user_id, agent));
    }

    edit(agent) {
        const free = this.staff.filter((each) => !each.is_agent);
        const user = choice(free.map((each) => [each.user_id, each.name ? `${each.name} · ${each.user_id}` : each.user_id]), free[0]?.user_id, { required: true });
        const capacity = numberInput(agent?.capacity ?? 3, { min: 0, max: 1000 });
        const role = choice([['', { t: 'settings_no_role' }], ...roles.map((each) => [each, { t: `role_${each}` }])], agent?.role ?? '');
        const skills = textInput((agent?.skills ?? []).join(', '), { maxlength: 1000 });
        const supervisor = tick({ t: 'settings_supervisor_tick' }, agent?.supervisor ?? false);
        const queues = this.setup.queues.map((queue) => ({ number: queue.queue, ...tick(queue.name, agent ? agent.queues.includes(queue.queue) : this.setup.queues.length === 1) }));
        let hours = new HoursField(agent?.hours, 'settings_shift_always');
        // Who is an agent of another shop has these already: they are one person's, in all shops.
        const fill = () => {
            const known = free.find((each) => each.user_id === user.value);
            capacity.value = known?.capacity ?? 3;
            skills.value = (known?.skills ?? []).join(', ');
            const fresh = new HoursField(known?.hours ?? null, 'settings_shift_always');
            hours.element.replaceWith(fresh.element);
            hours = fresh;
        };
        user.addEventListener('change', fill);
        const roster = h('fieldset', { class: 'set-group' }, h('legend', { t: 'settings_serves' }), queues.length
            ? queues.map((each) => each.element) : h('p', { class: 'quiet', t: 'settings_none_queues' }));
        if (!agent && !free.length) {
            openForm('settings_agent_new', [h('p', { t: 'settings_no_staff' }), h('pre', { class: 'staff-command' }, h('code', {}, 'vitrine user create NAME --staff'))],
                async () => {}, { button: 'close', className: 'is-small' });
            return;
        }
        openForm(agent ? 'settings_agent_edit' : 'settings_agent_new', [
            agent ? h('p', { class: 'quiet' }, this.setup.agentName(agent)) : field('settings_account', user), roster,
            pair(field('settings_capacity', capacity, 'settings_capacity_help'), field('settings_role', role, 'settings_role_help')),
            field('settings_skills', skills, 'settings_skills_help'), supervisor.element, hours.element], async () => {
            await this.#keep(agent?.user_id ?? user.value, {
                capacity: Number(capacity.value), skills: listed(skills.value), role: role.value || null,
                queues: queues.filter((each) => each.input.checked).map((each) => each.number),
                hours: hours.value, supervisor: supervisor.input.checked,
            });
            await this.load();
        });
        if (!agent) fill();
    }
}
