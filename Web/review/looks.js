// Nothing to decide: where questions come from, and a button for each look through the catalogue.

import { counted, t } from '../language.js';
import { h, setText } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';

const looks = ['noise', 'crops', 'merge', 'titles', 'unsure'];

function row(api, look, found, signal) {
    const state = h('p', { class: 'quiet', role: 'status' });
    const button = h('button', { type: 'button', class: 'button is-small', t: 'review_look' });
    button.addEventListener('click', async () => {
        button.disabled = true;
        setText(state, t('review_looking', { note: '' }));
        try {
            const { job } = await api.post('/api/v1/reviews/looks', { look });
            const ended = await api.job(job, ({ note }) => setText(state, t('review_looking', { note })), signal);
            if (signal.aborted) return;
            const proposed = ended.result?.proposed ?? ended.result?.asked ?? 0;
            setText(state, ended.state === 'done' ? counted('review_found', proposed) : ended.error ?? t('staff_failed'));
            if (proposed) found();
        } catch (error) {
            setText(state, sentence(error));
        } finally {
            button.disabled = false;
        }
    });
    return h('li', { class: 'review-look', data: { look } },
        h('div', {}, h('h3', { t: `review_look_${look}` }), h('p', { class: 'quiet', t: `review_look_${look}_text` }), state), button);
}

/** The empty state; `found()` is called when a look found something to ask. */
export function nothingToDo(api, queue, found, signal) {
    return h('section', { class: 'review-nothing' },
        h('h2', { t: queue.isSecond ? 'review_none_second' : 'review_none' }),
        h('p', { t: queue.isSecond ? 'review_none_second_text' : 'review_none_text' }),
        h('ul', { class: 'review-looks' }, looks.map((look) => row(api, look, found, signal))),
        h('p', { class: 'quiet', t: 'review_none_boxes' }),
        h('p', {}, h('button', { type: 'button', class: 'link', t: 'review_again', on: { click: () => { queue.again = true; found(); } } })));
}
