// Rights: which kinds of cards each part of the team may send. The server keeps to it; supervisors may send all.

import { t } from '../language.js';
import { deskGet, deskPut } from '../matrix/desk.js';
import { h } from '../parts/dom.js';
import { field, listed, openForm, textArea } from './form.js';
import { Section } from './section.js';

const parts = ['service', 'telesales', 'sales', 'appraiser', 'finance', 'aftersales'];

export class Rights extends Section {
    constructor(setup) {
        super(setup, 'rights');
        this.extra.append(h('p', { class: 'quiet', t: 'settings_rights_more' }));
    }

    async fetch() {
        this.parts = (await deskGet(this.client, 'policies/rights')).parts;
    }

    rows() {
        return parts.map((part) => this.row(t(`role_${part}`), {
            data: { part }, lines: [this.parts[part].length ? this.parts[part].map((line) => (line === '*' ? t('settings_rights_rest') : line)).join(' · ') : t('settings_rights_none')],
            buttons: [['settings_edit', () => this.edit(part)]],
        }));
    }

    edit(part) {
        const lines = textArea(this.parts[part].join(', '), { rows: 3, maxlength: 2000, spellcheck: 'false' });
        openForm('settings_rights_edit', [h('p', { class: 'quiet' }, t(`role_${part}`)), field('settings_rights_kinds', lines, 'settings_rights_help')], async () => {
            await deskPut(this.client, 'policies/rights', { parts: { ...this.parts, [part]: listed(lines.value) } });
            await this.load();
        });
    }
}
