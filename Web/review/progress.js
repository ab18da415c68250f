// How far the work is: a filter a kind with what is open, a bar of what is done, seconds a decision, agreement of two.

import { locale, t } from '../language.js';
import { h, setAttribute } from '../parts/dom.js';
import { iconButton } from '../parts/buttons.js';
import { kindNames } from './sides.js';

const whole = (n) => new Intl.NumberFormat(locale()).format(n);
const share = (n) => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(n);

export class Progress {
    #asked = 0;

    /** `turn(change)` changes what is asked for, `log()` opens the list of decisions. */
    constructor(api, turn, log) {
        this.api = api;
        this.filters = ['', ...kindNames].map((kind) => h('button', {
            type: 'button', class: 'filter', data: { kind }, on: { click: () => turn({ kind }) },
        }, h('span', { t: `review_kind_${kind || 'all'}` }), h('span', { class: 'review-count' })));
        this.second = h('button', {
            type: 'button', class: 'filter', t: 'review_second', tip: 'review_second_tip',
            on: { click: () => turn({ isSecond: this.second.getAttribute('aria-pressed') !== 'true' }) },
        });
        this.bar = h('progress', { class: 'review-progress', max: 1, value: 0, label: 'review_done' });
        this.words = h('p', { class: 'review-figures quiet' });
        this.element = h('header', { class: 'review-head' },
            h('div', { class: 'filters review-kinds', role: 'group', label: 'review_kinds' }, this.filters),
            h('div', { class: 'review-state' }, this.bar, this.words, this.second,
                iconButton('clock', 'review_log', log)));
    }

    /** Asks the server how far it is; of several answers on the way the newest is shown. */
    async refresh(queue) {
        for (const filter of this.filters) setAttribute(filter, 'aria-pressed', String(filter.dataset.kind === queue.kind));
        setAttribute(this.second, 'aria-pressed', String(queue.isSecond));
        this.#asked += 1;
        const asked = this.#asked;
        try {
            const reply = await this.api.get('/api/v1/reviews/progress');
            if (asked === this.#asked) this.#draw(reply, queue);
        } catch {
            // The figures of before stand.
        }
    }

    #draw({ kinds, pairs }, { kind, isSecond }) {
        const rows = kinds.filter((row) => !kind || row.kind === kind);
        const sum = (name, from = rows) => from.reduce((total, row) => total + (row[name] ?? 0), 0);
        for (const filter of this.filters) {
            const open = sum('open', kinds.filter((row) => !filter.dataset.kind || row.kind === filter.dataset.kind));
            filter.querySelector('.review-count').textContent = open ? whole(open) : '';
        }
        const done = sum('yes') + sum('no');
        const all = done + sum('open');
        this.bar.max = Math.max(1, all);
        this.bar.value = done;
        const words = [t('review_done_of', { done: whole(done), all: whole(all) })];
        const timed = rows.filter((row) => row.seconds !== null && row.yes + row.no > 0);
        if (timed.length) {
            const seconds = timed.reduce((total, row) => total + row.seconds * (row.yes + row.no), 0)
                / timed.reduce((total, row) => total + row.yes + row.no, 0);
            words.push(t('review_seconds', { n: new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(seconds) }));
        }
        if (sum('held')) words.push(t('review_held', { n: whole(sum('held')) }));
        if (sum('second')) words.push(t('review_agreement', { share: share(sum('agreeing') / sum('second')), n: whole(sum('second')) }));
        // Of what a person would have had to compare by hand, so many pairs were asked about.
        if (pairs[kind] > all && all > 0) words.push(t('review_spared', { all: whole(pairs[kind]), asked: whole(all) }));
        this.words.textContent = words.join(' · ');
        this.element.classList.toggle('is-second', isSecond);
    }
}
