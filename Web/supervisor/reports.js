// Reports for a table program, and the check of each day against the messages themselves.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';
import { day, whole } from './format.js';

const metrics = ['timely', 'late', 'firstResponse', 'response', 'wait', 'abandoned', 'handling', 'resolution', 'opened', 'reopened',
    'transferred', 'handover', 'cardSent', 'cardPressed', 'cardDone', 'cardRefused', 'cardDead', 'rating', 'available', 'away'];
const spans = { day: [86_400_000, 3_600], week: [7 * 86_400_000, 86_400], month: [30 * 86_400_000, 86_400] };

export class Reports {
    constructor(client) {
        this.client = client;
        this.metric = h('select', { class: 'input', name: 'metric' }, metrics.map((each) => h('option', { value: each, t: `board_metric_${each}` })));
        this.span = h('select', { class: 'input', name: 'span' }, Object.keys(spans).map((each) => h('option', { value: each, t: `board_span_${each}` })));
        this.words = h('p', { class: 'board-error', role: 'alert' });
        this.days = h('ul', { class: 'board-days' });
        const form = h('form', { class: 'board-form' }, h('label', { class: 'board-field' }, h('span', { t: 'board_metric' }), this.metric),
            h('label', { class: 'board-field' }, h('span', { t: 'board_span' }), this.span), h('button', { class: 'button', t: 'board_csv' }));
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#download();
        });
        this.element = h('section', { class: 'board-card', label: 'board_reports' }, h('h2', { t: 'board_reports' }),
            h('div', { class: 'board-body' }, form, this.words, h('h3', { t: 'board_days' }), h('p', { class: 'quiet', t: 'board_days_text' }), this.days));
    }

    async #download() {
        const [length, step] = spans[this.span.value];
        const to = Date.now();
        try {
            const blob = await this.client.request('GET', `/api/v1/desk/stats/${this.metric.value}`, {
                query: { from: to - length, to, step, by: 'queue,agent,scene', format: 'csv' }, blob: true,
            });
            const address = URL.createObjectURL(blob);
            h('a', { href: address, download: `${this.metric.value}.csv` }).click();
            setTimeout(() => URL.revokeObjectURL(address), 60_000);
            this.words.textContent = '';
        } catch (error) {
            this.words.textContent = sentence(error);
        }
    }

    async load() {
        try {
            const { days } = await this.client.request('GET', '/api/v1/desk/stats/days');
            this.days.replaceChildren(...days.slice(0, 14).map((each) => h('li', { class: each.equal ? '' : 'is-bad' },
                h('strong', {}, day(each.from_ts)), ' ', each.equal ? t('board_day_equal', { n: whole(each.turns) })
                    : t('board_day_differs', { n: whole(each.differences.length) }),
                each.equal ? null : h('ul', {}, each.differences.slice(0, 5).map((line) => h('li', { class: 'quiet' }, line))))));
            if (!days.length) this.days.replaceChildren(h('li', { class: 'quiet', t: 'board_days_none' }));
        } catch (error) {
            this.words.textContent = sentence(error);
        }
    }
}
