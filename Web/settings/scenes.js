// Scenes: the entrances by which visitors come, how many came by each, where they are sent, and the tag for a new one.

import { t } from '../language.js';
import { deskGet, deskPost } from '../matrix/desk.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { moment, whole } from '../supervisor/format.js';
import { field, textInput } from './form.js';
import { Section } from './section.js';

export class Scenes extends Section {
    constructor(setup) {
        super(setup, 'scenes');
        this.extra.append(this.#maker());
    }

    async fetch() {
        const { entrances } = await deskGet(this.client, 'scenes');
        const sent = await Promise.all(entrances.slice(0, 30).map(({ entry }) => deskPost(this.client, 'rules/test', { entry }).catch(() => null)));
        this.entrances = entrances.map((entrance, index) => ({ ...entrance, goes: sent[index] ?? null }));
    }

    rows() {
        return this.entrances.map(({ entry, count, last_ts: last, goes }) => this.row(entry, {
            tags: [[t('settings_scene_count', { n: whole(count) })]],
            lines: [goes ? t(goes.rule === null ? 'settings_scene_default' : 'settings_scene_rule', { queue: this.setup.queueName(goes.queue), n: (goes.rule ?? 0) + 1 }) : null,
                t('settings_scene_last', { time: moment(last) })],
        }));
    }

    #maker() {
        const entry = textInput('item.book', { maxlength: 64, spellcheck: 'false' });
        const topic = textInput('', { maxlength: 64 });
        const code = h('code', {});
        const draw = () => {
            const safe = (text) => text.replace(/[^\w.\- ]/g, '');
            const about = topic.value ? ` data-topic="${safe(topic.value)}"` : '';
            code.textContent = `<script src="${window.location.origin}/web/widget/load.js" data-entry="${safe(entry.value) || 'page'}"${about} data-ref="…" data-title="…" async></scr${''}ipt>`;
        };
        for (const input of [entry, topic]) input.addEventListener('input', draw);
        draw();
        const copy = h('button', { type: 'button', class: 'button is-small', t: 'settings_copy', on: { click: () => navigator.clipboard.writeText(code.textContent).then(() => toast('settings_copied'), () => toast('settings_copy_failed')) } });
        return h('div', { class: 'set-trial' }, h('h3', { t: 'settings_tag' }), h('p', { class: 'quiet', t: 'settings_tag_text' }),
            h('div', { class: 'set-grid' }, field('settings_entry', entry), field('settings_topic', topic)),
            h('pre', { class: 'staff-command', tabindex: 0, label: 'settings_tag' }, code), copy);
    }
}
