// Businesses behind cards: where a press goes, how it is written, how long it may take. The secret goes one way.

import { t } from '../language.js';
import { deskGet, deskPost, deskPut } from '../matrix/desk.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';
import { choice, field, more, numberInput, openForm, pair, readJson, textArea, textInput, tick } from './form.js';
import { Section } from './section.js';

const lines = (object) => Object.entries(object ?? {}).map(([name, value]) => `${name}: ${value}`).join('\n');

function fromLines(area, separator = ':') {
    const found = {};
    for (const line of area.value.split('\n').map((each) => each.trim()).filter(Boolean)) {
        const at = line.indexOf(separator);
        if (at < 1) {
            area.focus();
            throw new Error(t('settings_bad_line', { line }));
        }
        found[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
    return found;
}

function freshSecret() {
    return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24)))).replace(/[+/]/g, '-');
}

export class Adapters extends Section {
    constructor(setup) {
        super(setup, 'adapters', () => this.edit(null));
    }

    async fetch() {
        this.adapters = (await deskGet(this.client, 'adapters')).adapters;
    }

    draw() {
        super.draw();
        this.addButton.hidden = !this.setup.isAdmin;
    }

    rows() {
        return this.adapters.map((adapter) => {
            const { name, config } = adapter;
            return this.row(name, {
                data: { adapter: name },
                tags: [[t(adapter.open ? 'settings_reachable' : 'settings_left_alone'), adapter.open ? '' : 'is-bad']],
                lines: config ? [`${config.method ?? 'POST'} ${config.url}`, t('settings_adapter_line', { kind: config.kind ?? 'template', n: (config.timeout_ms ?? 10_000) / 1000 })] : [t('settings_admin_only')],
                buttons: this.setup.isAdmin ? [['settings_edit', () => this.edit(adapter)], ['settings_test', () => this.#test(adapter)],
                    ['settings_remove', (row) => this.#remove(row, name)]] : [],
            });
        });
    }

    #remove(row, name) {
        return this.remove(row, name, () => this.client.request('DELETE', `/api/v1/desk/adapters/${name}`), () => deskPost(this.client, `adapters/${name}/restore`));
    }

    edit(adapter) {
        const config = adapter?.config ?? {};
        const name = textInput(adapter?.name, { required: true, maxlength: 64, pattern: '[a-z0-9_\\-]+', readonly: Boolean(adapter), spellcheck: 'false', autocapitalize: 'none' });
        const kind = choice([['template', { t: 'settings_kind_template' }], ['http', { t: 'settings_kind_http' }]], config.kind ?? 'template');
        const method = choice(['POST', 'PUT', 'PATCH', 'GET', 'DELETE'].map((each) => [each, each]), config.method ?? 'POST');
        const url = textInput(config.url, { type: 'url', required: true, maxlength: 2000, placeholder: 'https://' });
        const secret = textInput('', { type: 'password', required: !adapter, minlength: 16, maxlength: 256, autocomplete: 'new-password' });
        const draw = h('button', { type: 'button', class: 'button is-small', t: 'settings_draw_secret', on: { click: () => { secret.value = freshSecret(); secret.type = 'text'; secret.select(); } } });
        const timeout = numberInput((config.timeout_ms ?? 10_000) / 1000, { min: 0.1, max: 25, step: 'any' });
        const body = textArea(config.body === undefined ? '' : JSON.stringify(config.body, null, 2), { rows: 5, spellcheck: 'false', class: 'input set-code' });
        const headers = textArea(lines(config.headers), { rows: 2, spellcheck: 'false', class: 'input set-code' });
        const answer = textInput(config.text, { maxlength: 200, placeholder: '/message', spellcheck: 'false' });
        const statuses = textArea(lines(config.statuses), { rows: 2, spellcheck: 'false', class: 'input set-code', placeholder: '409: refused' });
        const once = tick({ t: 'settings_at_most_once' }, config.at_most_once ?? false);
        const bodyField = field('settings_body', body, 'settings_body_help');
        const choose = () => { bodyField.hidden = kind.value === 'http'; };
        kind.addEventListener('change', choose);
        choose();
        openForm(adapter ? 'settings_adapter_edit' : 'settings_adapter_new', [field('settings_name', name, 'settings_adapter_name_help'), field('settings_url', url),
            pair(field('settings_kind', kind), field('settings_method', method)),
            field('settings_secret', secret, adapter ? 'settings_secret_kept' : 'settings_secret_help'), draw,
            bodyField, field('settings_answer', answer, 'settings_answer_help'),
            more('settings_more', field('settings_timeout', timeout), field('settings_headers', headers, 'settings_headers_help'),
                field('settings_statuses', statuses, 'settings_statuses_help'), once.element)], async () => {
            // What this form does not show stays as it is.
            const wanted = { ...config, kind: kind.value, method: method.value, url: url.value.trim(), timeout_ms: Math.round(Number(timeout.value) * 1000), at_most_once: once.input.checked, headers: fromLines(headers), statuses: fromLines(statuses) };
            if (answer.value.trim()) wanted.text = answer.value.trim();
            else delete wanted.text;
            const sent = kind.value === 'http' ? config.body : readJson(body, undefined);
            if (sent === undefined) delete wanted.body;
            else wanted.body = sent;
            await deskPut(this.client, `adapters/${encodeURIComponent(name.value.trim())}`, { config: wanted, ...(secret.value ? { secret: secret.value } : {}) });
            await this.load();
        });
    }

    // MARK: Trying out

    /** Asks the business as the server would on a bad day, and lists what came of it. */
    async #test(adapter) {
        const list = h('ul', { class: 'set-findings', role: 'status' }, h('li', { class: 'quiet', t: 'settings_testing' }));
        const verb = textInput('book', { maxlength: 64 });
        const ref = textInput('check', { maxlength: 64 });
        const data = textArea('{}', { rows: 2, spellcheck: 'false', class: 'input set-code' });
        const problem = h('p', { class: 'form-error', role: 'alert' });
        const run = h('button', { class: 'button is-primary', t: 'settings_test_run' });
        const form = h('form', { class: 'set-form' }, h('p', { t: 'settings_test_text' }), pair(field('settings_verb', verb), field('settings_ref', ref)),
            field('settings_data', data), h('div', { class: 'become-actions' }, run), problem, list);
        list.hidden = true;
        openDialog('settings_test', form, { className: 'set-dialog' });
        form.addEventListener('submit', async (event) => {
            event.preventDefault();
            problem.textContent = '';
            run.disabled = true;
            try {
                const body = { verb: verb.value, ref: ref.value, data: readJson(data, {}) };
                list.hidden = false;
                list.replaceChildren(h('li', { class: 'quiet', t: 'settings_testing' }));
                const { findings } = await this.client.request('POST', `/api/v1/desk/adapters/${adapter.name}/check`, { body, timeout: 180_000 });
                list.replaceChildren(...findings.map((each) => h('li', { data: { status: each.status } },
                    h('span', { class: `tag is-${each.status}`, t: `settings_finding_${each.status}` }), h('span', {}, each.message), each.advice ? h('span', { class: 'quiet' }, each.advice) : null)));
            } catch (error) {
                list.hidden = true;
                problem.textContent = sentence(error);
            }
            run.disabled = false;
        });
    }
}
