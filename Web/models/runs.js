// The trainings whose folders are on this machine: how each ended, and its curves.

import { t } from '../language.js';
import { full } from '../dates.js';
import { openDialog } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { curve } from './curve.js';
import { logged, whole } from './numbers.js';

/** Tags that are worth a look first. */
const favourites = ['loss', 'held-out/recall@1', 'held-out/AP50'];

function verdictOf(run) {
    const state = run.state?.state ?? run.verdict?.state;
    const best = run.verdict?.best;
    const words = [state ? t(`state_run_${state}`) : t('state_run_unknown')];
    if (run.verdict?.steps !== undefined) words.push(t('models_run_steps', { n: whole(run.verdict.steps) }));
    if (best) words.push(`${best.metric} ${logged(best.value)}`);
    return words.join(' · ');
}

export class RunList {
    constructor(client) {
        this.client = client;
        this.list = h('ul', { class: 'models-runs' });
        this.none = h('p', { class: 'quiet', t: 'models_no_runs' });
        this.element = h('section', {}, h('h2', { t: 'models_runs' }), this.none, this.list);
    }

    async load() {
        const reply = await this.client.request('GET', '/api/v1/training/runs');
        const runs = reply.runs ?? [];
        this.none.hidden = runs.length > 0;
        this.list.replaceChildren(...runs.slice(0, 50).map((run) => this.#row(run)));
    }

    #row(run) {
        const button = h('button', { type: 'button', class: 'models-run' }, h('strong', { dir: 'auto' }, run.run),
            h('span', {}, verdictOf(run)), h('span', { class: 'quiet' }, run.changed_ms ? full(run.changed_ms) : ''));
        button.addEventListener('click', () => this.#open(run));
        return h('li', {}, button);
    }

    async #open(run) {
        const target = `/api/v1/training/runs/${encodeURIComponent(run.run)}`;
        const chooser = h('select', { class: 'input', label: 'models_curve' });
        const drawing = h('div', { class: 'models-curve' });
        const words = h('p', { class: 'quiet', role: 'status', t: 'loading' });
        const card = h('pre', { class: 'models-card', tabindex: 0, dir: 'auto' });
        openDialog('models_run', h('div', { class: 'models-details' }, h('h3', { dir: 'auto' }, run.run), chooser,
            drawing, words, h('h3', { t: 'models_card' }), card), { className: 'is-wide' });
        const draw = async () => {
            const reply = await this.client.request('GET', `${target}/metrics`, { query: { tag: chooser.value } });
            const points = (reply.points ?? []).map((point) => [point.step, point.value]);
            drawing.replaceChildren(curve(points, chooser.value));
            setText(words, points.length ? t('models_curve_ends', {
                n: whole(points.length), first: logged(points[0][1]), last: logged(points.at(-1)[1]),
            }) : t('models_curve_empty'));
        };
        try {
            const [all, described] = await Promise.all([
                this.client.request('GET', `${target}/metrics`, { query: { tag: '-' } }),
                this.client.request('GET', target),
            ]);
            const rank = (tag) => favourites.indexOf(tag);
            const tags = [...(all.tags ?? [])].sort((a, b) => (rank(b) - rank(a)) || (a < b ? -1 : 1));
            chooser.replaceChildren(...tags.map((tag) => h('option', { value: tag }, tag)));
            if (tags.includes('loss')) chooser.value = 'loss';
            chooser.addEventListener('change', draw);
            setText(card, described.card ?? t('models_no_card'));
            if (tags.length) await draw();
            else setText(words, t('models_curve_empty'));
        } catch (error) {
            setText(words, t('models_failed', { reason: error.message }));
        }
    }
}
