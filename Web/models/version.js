// One version of a model: where it stands, how good it is, from where on two pictures are one thing, what can be done.

import { t } from '../language.js';
import { full } from '../dates.js';
import { openDialog } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { bytes, decimal, percent, whole } from './numbers.js';

const mayServe = ['staged', 'measured', 'retired', 'draining'];
const cannotRun = ['trial', 'quarantined', 'damaged'];
const measurable = ['item-embedder', 'image-tower', 'face-embedder', 'category-head'];

function fact(name, words, className = '') {
    const properties = { class: `models-fact ${className}`.trim() };
    return h('div', properties, h('dt', { t: name }), h('dd', { dir: 'auto' }, words));
}

function interval(figure) {
    if (figure?.value === undefined) return null;
    const ends = figure.low === undefined ? '' : ` (${percent(figure.low)} – ${percent(figure.high)})`;
    return `${percent(figure.value)}${ends}`;
}

function thresholdFact(model) {
    if (model.space === undefined) return null;
    const found = model.threshold;
    if (!found) return fact('models_threshold', t('models_threshold_none'), 'is-warning');
    const words = t('models_threshold_is', {
        value: decimal(found.threshold, 3), far: percent(found.far),
        tar: found.tar === null ? '–' : percent(found.tar), pairs: whole(found.pairs), source: found.source,
    });
    return fact('models_threshold', words);
}

function gateFact(model) {
    if (!model.gate) return null;
    const difference = model.gate.difference?.value;
    const words = t(model.gate.passes ? 'models_gate_passes' : 'models_gate_fails', {
        against: model.gate_against, difference: difference === undefined ? '–' : percent(difference, true),
    });
    return fact('models_gate', words, model.gate.passes ? 'is-good' : 'is-warning');
}

function evaluationFacts(model) {
    return (model.evaluation ?? []).slice(-2).map((one) => {
        const first = one.figures?.['recall@1'] ?? one.figures?.accuracy;
        const words = [interval(first), one.figures?.['recall@5'] ? `top-5 ${interval(one.figures['recall@5'])}` : null]
            .filter(Boolean).join(', ');
        return h('div', { class: 'models-fact' }, h('dt', {}, t('models_measured_on', { name: one.dataset })),
            h('dd', {}, words || t('models_threshold_none')));
    });
}

function speedFact(model) {
    const { p50_ms: half, p95_ms: most } = model.figures ?? {};
    if (half === undefined) return null;
    return fact('models_speed', t('models_speed_is', { half: decimal(half, 1), most: decimal(most ?? half, 1) }));
}

/** The card; `changed()` is called when something was done. */
export function versionCard(client, model, changed) {
    const target = `/api/v1/models/${model.id}/versions/${model.version}`;
    const problem = h('p', { class: 'form-error', role: 'alert' });
    const place = model.isolation === 'worker' ? 'models_caged' : 'models_inside';
    const act = async (button, body) => {
        button.disabled = true;
        setText(problem, '');
        try {
            await body();
            await changed();
        } catch (error) {
            setText(problem, t('models_refused', { reason: error.message }));
        } finally {
            button.disabled = false;
        }
    };
    const button = (name, body, className = '') => {
        const made = h('button', { type: 'button', class: `button is-small ${className}`.trim(), t: name });
        made.addEventListener('click', () => act(made, body));
        return made;
    };
    const buttons = [
        mayServe.includes(model.state)
            ? button('models_activate', () => activate(client, target), 'is-primary') : null,
        measurable.includes(model.role) && !cannotRun.includes(model.state)
            ? measureButton(client, target, problem, changed) : null,
        ['staged', 'measured', 'draining'].includes(model.state)
            ? button('models_retire', () => client.request('POST', `${target}/retire`, { body: {} })) : null,
        detailsButton(client, model),
    ];
    return h('li', { class: 'models-version', data: { state: model.state } },
        h('div', { class: 'models-version-head' }, h('h3', { dir: 'auto' }, `${model.id} ${model.version}`),
            h('span', { class: `tag models-state-${model.state}` }, t(`state_model_${model.state}`))),
        model.reason ? h('p', { class: 'quiet', dir: 'auto' }, model.reason) : null,
        h('dl', { class: 'models-facts' }, evaluationFacts(model), gateFact(model), thresholdFact(model),
            speedFact(model), fact('models_size', `${bytes(model.bytes)} · ${t(place)}`),
            fact('models_added', full(model.added_ms))),
        problem, h('div', { class: 'models-buttons' }, buttons));
}

/** Activates; where the gate refuses, a person may overrule it and says why. */
async function activate(client, target) {
    try {
        await client.request('POST', `${target}/activate`, { body: {} });
    } catch (error) {
        if (!['VITRINE_GATE', 'VITRINE_THRESHOLD'].includes(error.code)) throw error;
        const reason = await askReason(error.message);
        if (reason === null) return;
        await client.request('POST', `${target}/activate`, { body: { override: reason } });
    }
    toast('models_activated');
}

function askReason(refusal) {
    return new Promise((resolve) => {
        let answer = null;
        const input = h('input', {
            class: 'input', label: 'models_override_reason', hint: 'models_override_reason', required: true,
        });
        const yes = h('button', { type: 'submit', class: 'button is-danger', t: 'models_override' });
        const form = h('form', { class: 'models-form' }, h('p', { dir: 'auto' }, refusal), input, yes);
        const dialog = openDialog('models_gate_refuses', form, { className: 'is-small' });
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            answer = input.value.trim() || null;
            if (answer) dialog.close();
        });
        dialog.addEventListener('close', () => resolve(answer));
        input.focus();
    });
}

function measureButton(client, target, problem, changed) {
    const button = h('button', { type: 'button', class: 'button is-small', t: 'models_measure' });
    button.addEventListener('click', () => {
        const input = h('input', {
            class: 'input', label: 'models_dataset', hint: 'models_dataset', required: true, value: 'shop',
        });
        const send = h('button', { type: 'submit', class: 'button is-primary', t: 'models_measure' });
        const form = h('form', { class: 'models-form' }, h('p', { t: 'models_dataset_where' }), input, send);
        const dialog = openDialog('models_measure', form, { className: 'is-small' });
        form.addEventListener('submit', async (event) => {
            event.preventDefault();
            dialog.close();
            button.disabled = true;
            setText(problem, t('models_measuring'));
            try {
                await client.request('POST', `${target}/evaluate`, { body: { dataset: input.value.trim() } });
                const done = await client.request('GET', target, { query: { wait_ms: 60000 }, timeout: 70000 });
                const failed = (done.jobs ?? []).find((job) => job.state === 'failed');
                await changed();
                if (failed) toast('models_measure_failed', { reason: failed.reason });
            } catch (error) {
                setText(problem, t('models_refused', { reason: error.message }));
            } finally {
                button.disabled = false;
            }
        });
        input.select();
    });
    return button;
}

/** The manifest, the trial, and the card that the training wrote, if the training's folder is here. */
function detailsButton(client, model) {
    const button = h('button', { type: 'button', class: 'button is-small', t: 'models_details' });
    button.addEventListener('click', async () => {
        const card = h('pre', { class: 'models-card', tabindex: 0, dir: 'auto' }, t('loading'));
        const manifest = h('pre', { class: 'models-card', tabindex: 0 }, JSON.stringify(model.manifest ?? {}, null, 2));
        openDialog('models_details', h('div', { class: 'models-details' }, h('h3', { t: 'models_card' }), card,
            h('h3', { t: 'models_manifest' }), manifest), { className: 'is-wide' });
        const run = model.manifest?.run;
        const address = `/api/v1/training/runs/${encodeURIComponent(run)}`;
        const reply = run ? await client.request('GET', address).catch(() => null) : null;
        setText(card, reply?.card ?? t('models_no_card'));
    });
    return button;
}
