// Alerts: which rules there are and how they stand, what was told, and a form for a new rule.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';
import { moment } from './format.js';

const sources = ['timelyRate', 'oldestWaiting', 'waiting', 'waitP90', 'late', 'cardsDead', 'rating', 'mismatch'];

export class Alerts {
    #states = '';

    constructor(client) {
        this.client = client;
        this.list = h('ul', { class: 'board-alerts' });
        this.told = h('ol', { class: 'board-told' });
        this.words = h('p', { class: 'board-error', role: 'alert' });
        this.gone = h('p', { class: 'quiet', role: 'status' });
        this.element = h('section', { class: 'board-card', label: 'board_alerts' }, h('h2', { t: 'board_alerts' }),
            h('div', { class: 'board-body' }, this.list, this.gone, this.#form(), this.words, h('h3', { t: 'board_told' }), this.told));
    }

    #form() {
        const field = (name, input) => h('label', { class: 'board-field' }, h('span', { t: name }), input);
        const name = h('input', { class: 'input', name: 'name', required: true, maxlength: 64, autocomplete: 'off' });
        const source = h('select', { class: 'input', name: 'source' }, sources.map((each) => h('option', { value: each, t: `board_source_${each}` })));
        const when = h('select', { class: 'input', name: 'when' }, ['below', 'above'].map((each) => h('option', { value: each, t: `board_${each}` })));
        const threshold = h('input', { class: 'input', name: 'threshold', type: 'number', step: 'any', required: true });
        const hold = h('input', { class: 'input', name: 'hold', type: 'number', min: 0, max: 86_400, value: 120 });
        const form = h('form', { class: 'board-form' }, field('board_name', name), field('board_source', source), field('board_when', when),
            field('board_threshold', threshold), field('board_hold', hold), h('button', { class: 'button', t: 'board_add' }));
        const body = h('details', {}, h('summary', { t: 'board_new_alert' }), form);
        form.addEventListener('submit', async (event) => {
            event.preventDefault();
            const rule = { source: source.value, when: when.value, threshold: Number(threshold.value), hold_seconds: Number(hold.value) };
            if (await this.#try('PUT', name.value.trim(), rule)) {
                form.reset();
                body.open = false;
            }
        });
        return body;
    }

    async #try(method, name, body) {
        try {
            await this.client.request(method, `/api/v1/desk/alerts/${encodeURIComponent(name)}`, { body });
            this.words.textContent = '';
            await this.load();
            return true;
        } catch (error) {
            this.words.textContent = sentence(error);
            return false;
        }
    }

    async load() {
        try {
            const { alerts, notices } = await this.client.request('GET', '/api/v1/desk/alerts');
            this.#draw(alerts);
            this.told.replaceChildren(...notices.slice(0, 20).map((notice) => h('li', {},
                h('time', { class: 'quiet' }, moment(notice.ts)), ' ', h('span', {}, t(`board_${notice.what}`, { name: notice.alert })))));
            if (!notices.length) this.told.replaceChildren(h('li', { class: 'quiet', t: 'board_told_none' }));
        } catch (error) {
            this.words.textContent = sentence(error);
        }
    }

    /** Removes a rule; a line below the list brings it back. */
    async #remove(alert) {
        if (!await this.#try('DELETE', alert.name)) return;
        const { source, when, threshold, clear, queue, window_minutes, hold_seconds, minimum, webhook } = alert;
        const rule = { source, when, threshold, clear, queue, window_minutes, hold_seconds, minimum, webhook };
        const back = h('button', { type: 'button', class: 'button is-small', t: 'board_undo', on: { click: async () => {
            if (await this.#try('PUT', alert.name, rule)) this.gone.replaceChildren();
        } } });
        this.gone.replaceChildren(h('span', {}, t('board_removed', { name: alert.name })), ' ', back);
        back.focus();
    }

    /** Takes the rules of a live board; what was told is asked for only when one of them has changed. */
    take(alerts) {
        const states = JSON.stringify(alerts.map(({ name, state }) => [name, state]));
        if (states === this.#states) return;
        this.#states = states;
        this.load();
    }

    #draw(alerts) {
        this.list.replaceChildren(...alerts.map((alert) => h('li', { class: `board-alert is-${alert.state}` },
            h('strong', {}, alert.name), h('span', { class: 'board-tag' }, t(`board_state_${alert.state}`)),
            h('span', { class: 'quiet' }, t('board_rule', { source: t(`board_source_${alert.source}`), when: t(`board_${alert.when}`), n: alert.threshold })),
            h('button', { type: 'button', class: 'link', t: 'board_remove', 'aria-label': `${t('board_remove')}: ${alert.name}`, on: { click: () => this.#remove(alert) } }))));
        if (!alerts.length) this.list.replaceChildren(h('li', { class: 'quiet', t: 'board_alerts_none' }));
    }
}
