// Rounds of labelling by a model: what was measured, what came of it, the way back, and the next one.

import { counted, locale, t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';

const share = (value) => (value === null || value === undefined ? '–'
    : new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(value));

function table(rounds, undo) {
    const last = rounds.filter(({ state }) => state === 'stands').at(-1);
    return h('div', { class: 'label-rounds' }, h('table', {},
        h('thead', {}, h('tr', {}, ['label_round', 'label_model', 'label_ap', 'label_precision', 'label_accepted', 'label_asked', ''].map((key) => h('th', key ? { t: key } : {})))),
        h('tbody', {}, rounds.map((round) => h('tr', { class: round.state === 'stands' ? '' : 'is-gone' }, h('td', {}, String(round.round)),
            h('td', {}, round.model), h('td', {}, share(round.ap50)), h('td', {}, share(round.precision)), h('td', {}, String(round.figures.accepted ?? '–')),
            h('td', {}, String(round.figures.queued ?? '–')), h('td', {}, round === last
                ? h('button', { type: 'button', class: 'button is-small', t: 'label_roll_back', on: { click: () => undo(round.round) } })
                : t(`label_state_${round.state}`)))))));
}

export async function showRounds(api, changed) {
    const body = h('div', { class: 'label-round-body' });
    const state = h('p', { class: 'quiet', role: 'status' });
    const go = h('button', { type: 'button', class: 'button is-primary', t: 'label_propose' });
    const draw = async () => {
        const { rounds, figures } = await api.get('/api/v1/labels/rounds');
        const boxes = Object.values(figures.boxes).reduce((sum, each) => sum + each, 0);
        const looked = figures.audited_right + figures.audited_wrong;
        body.replaceChildren(
            h('p', {}, t('label_figures', { pictures: figures.pictures, done: figures.done, held: figures.held_out, boxes })),
            h('p', {}, looked ? t('label_audit', { share: share(figures.error_rate), n: looked }) : t('label_audit_none')),
            rounds.length ? table(rounds, undo) : h('p', { class: 'quiet', t: 'label_rounds_none' }));
    };
    const undo = async (round) => {
        try {
            const { removed } = await api.post(`/api/v1/labels/rounds/${round}/undo`);
            setText(state, counted('label_taken_back', removed));
            await draw();
            changed();
        } catch (error) {
            setText(state, sentence(error));
        }
    };
    go.addEventListener('click', async () => {
        go.disabled = true;
        try {
            const { job } = await api.post('/api/v1/labels/rounds');
            const ended = await api.job(job, ({ note }) => setText(state, t('review_looking', { note })));
            setText(state, ended.state === 'done' ? ended.result.why ?? t('label_proposed', { n: ended.result.accepted, asked: ended.result.queued }) : ended.error ?? '');
            await draw();
            changed();
        } catch (error) {
            setText(state, sentence(error));
        } finally {
            go.disabled = false;
        }
    });
    openDialog('label_rounds', h('div', {}, h('p', { class: 'quiet', t: 'label_rounds_text' }), body, state), { actions: [go] });
    await draw().catch((error) => setText(state, sentence(error)));
}
