// What the page shows once somebody is in: whether models run, every role with its versions, what happened, trainings.

import { counted, t } from '../language.js';
import { full } from '../dates.js';
import { iconButton } from '../parts/buttons.js';
import { h, setText } from '../parts/dom.js';
import { icon, mark } from '../parts/icons.js';
import { languageButton, themeButton } from '../parts/preferences.js';
import { RunList } from './runs.js';
import { versionCard } from './version.js';

/** Versions by what they are for, those that serve first. */
function byRole(models) {
    const roles = new Map();
    const rank = (model) => ['active', 'draining', 'measured', 'staged', 'trial'].indexOf(model.state) + 1 || 9;
    for (const model of models) roles.set(model.role, [...(roles.get(model.role) ?? []), model]);
    for (const versions of roles.values()) versions.sort((a, b) => rank(a) - rank(b) || b.changed_ms - a.changed_ms);
    return [...roles].sort(([a], [b]) => (a < b ? -1 : 1));
}

export class Overview {
    constructor(client) {
        this.client = client;
        this.status = h('p', { class: 'models-status', role: 'status', t: 'loading' });
        this.roles = h('div', { class: 'models-roles' });
        this.journal = h('div', {});
        this.runs = new RunList(client);
        const reload = iconButton('retry', 'models_reload', () => this.load());
        const desk = { class: 'icon-button', href: '/agent', label: 'conversations', tip: 'conversations' };
        const head = h('header', { class: 'models-head' },
            h('div', { class: 'brand' }, mark(), h('h1', { t: 'models' })),
            h('div', { class: 'side-tools' }, h('a', desk, icon('chat')), reload, languageButton(), themeButton()));
        this.element = h('div', { class: 'models' }, head, h('main', { class: 'models-main' },
            this.status, this.roles, this.journal, this.runs.element));
        document.addEventListener('vitrine:language', () => {
            if (this.element.isConnected) this.load();
        });
    }

    /** Asks for everything anew. */
    async load() {
        try {
            const reply = await this.client.request('GET', '/api/v1/models');
            const models = await Promise.all((reply.models ?? []).map((model) => this.#whole(model)));
            this.#drawStatus(reply.inference ?? {}, models);
            this.roles.replaceChildren(...byRole(models).map(([role, versions]) => this.#role(role, versions)));
            this.#drawJournal(reply.journal ?? []);
            await this.runs.load();
        } catch (error) {
            this.roles.replaceChildren();
            const words = error.status === 403 ? 'models_forbidden' : 'models_failed';
            setText(this.status, t(words, { reason: error.message }));
        }
    }

    /** The list's row with what only the version's own reply tells: gate, evaluations, manifest. */
    async #whole(model) {
        const target = `/api/v1/models/${model.id}/versions/${model.version}`;
        return { ...model, ...(await this.client.request('GET', target).catch(() => ({}))) };
    }

    #drawStatus(inference, models) {
        const words = inference.state === 'on' ? t('models_on', { version: inference.runtime })
            : inference.state === 'off' ? t('models_off', { reason: inference.reason }) : t('models_starting');
        const serving = models.filter((model) => model.state === 'active').length;
        setText(this.status, `${words} ${models.length ? counted('models_serving', serving) : t('models_none')}`);
        this.status.classList.toggle('is-off', inference.state === 'off');
    }

    #role(role, versions) {
        const hasOthers = versions.length > 1 && versions.some((version) => version.state === 'active');
        const back = h('button', { type: 'button', class: 'button is-small', t: 'models_roll_back' });
        back.addEventListener('click', () => this.#rollBack(role, back));
        return h('section', { class: 'models-role' },
            h('div', { class: 'models-role-head' }, h('h2', {}, t(`state_role_${role.replaceAll('-', '_')}`)),
                hasOthers ? back : null),
            h('ul', { class: 'models-versions' },
                versions.map((version) => versionCard(this.client, version, () => this.load()))));
    }

    async #rollBack(role, button) {
        button.disabled = true;
        try {
            await this.client.request('POST', '/api/v1/models/rollback', { body: { role } });
            await this.load();
        } catch (error) {
            button.disabled = false;
            setText(this.status, t('models_refused', { reason: error.message }));
            this.status.scrollIntoView({ block: 'center' });
        }
    }

    #drawJournal(entries) {
        if (!entries.length) return this.journal.replaceChildren();
        this.journal.replaceChildren(h('section', {}, h('h2', { t: 'models_journal' }),
            h('ul', { class: 'models-journal' }, entries.slice(0, 12).map((entry) => h('li', {},
                h('span', { class: 'quiet' }, full(entry.at_ms)), h('span', { dir: 'auto' }, entry.what),
                h('span', { class: 'quiet', dir: 'auto' }, entry.by))))));
    }
}
