// Where the conversation stands, in one line above the field: the place in the line and how long it may take, or the end
// and the question how it was.

import { counted, t } from '../language.js';
import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { toast } from '../parts/toast.js';

function waitWords(conversation) {
    const range = conversation.wait_s;
    const place = counted('wait_place', conversation.position ?? 1);
    if (!Array.isArray(range) || range.length !== 2) return `${place} ${t('wait_closed')}`;
    const minutes = range.map((seconds) => Math.max(1, Math.round(seconds / 60)));
    return `${place} ${minutes[0] === minutes[1] ? counted('wait_about', minutes[0]) : t('wait_range', { low: minutes[0], high: minutes[1] })}`;
}

export class StateBar {
    constructor(visit) {
        this.visit = visit;
        this.element = h('div', { class: 'state-bar', role: 'status', hidden: true });
        visit.addEventListener('changed', () => this.draw());
        document.addEventListener('vitrine:language', () => this.draw());
    }

    draw() {
        const { conversation } = this.visit;
        const status = conversation?.status;
        // Outside of the hours another part tells when somebody comes.
        this.element.hidden = (status !== 'waiting' || Boolean(conversation.opens_ts)) && status !== 'resolved';
        this.element.dataset.status = status ?? '';
        if (status === 'waiting') this.element.replaceChildren(icon('clock'), h('span', {}, waitWords(conversation)));
        else if (status === 'resolved') this.element.replaceChildren(...this.#ended(conversation));
    }

    #ended(conversation) {
        if (conversation.rating) return [icon('check'), h('span', { t: 'rated' })];
        const stars = [1, 2, 3, 4, 5].map((n) => h('button', {
            type: 'button', class: 'star', 'aria-label': counted('stars', n), on: { click: () => this.#rate(n) },
        }, '★'));
        return [h('span', { t: 'rate_question' }), h('span', { class: 'stars', role: 'group', label: 'rate_question' }, stars)];
    }

    async #rate(stars) {
        try {
            await this.visit.rate(stars);
            await this.visit.refresh();
        } catch {
            toast('rate_failed');
        }
    }
}
