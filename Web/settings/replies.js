// Canned replies: words that are said often, by a short name.

import { deskGet, deskPut } from '../matrix/desk.js';
import { field, openForm, textArea, textInput } from './form.js';
import { Section } from './section.js';

export class Replies extends Section {
    constructor(setup) {
        super(setup, 'replies', () => this.edit(null));
    }

    async fetch() {
        this.replies = (await deskGet(this.client, 'canned')).canned;
    }

    rows() {
        return this.replies.map((reply) => this.row(reply.name, {
            lines: [reply.text], data: { reply: reply.name },
            buttons: [['settings_edit', () => this.edit(reply)], ['settings_remove', (row) => this.#remove(row, reply)]],
        }));
    }

    #keep({ name, text }) {
        return deskPut(this.client, `canned/${encodeURIComponent(name)}`, { text });
    }

    #remove(row, reply) {
        return this.remove(row, reply.name, () => this.client.request('DELETE', `/api/v1/desk/canned/${encodeURIComponent(reply.name)}`), () => this.#keep(reply));
    }

    edit(reply) {
        const name = textInput(reply?.name, { required: true, maxlength: 64, pattern: '\\S+', readonly: Boolean(reply), spellcheck: 'false' });
        const text = textArea(reply?.text, { required: true, maxlength: 4000, rows: 5 });
        openForm(reply ? 'settings_reply_edit' : 'settings_reply_new', [field('settings_name', name, 'settings_reply_name_help'), field('settings_reply_text', text, 'settings_reply_text_help')],
            async () => {
                await this.#keep({ name: name.value.trim(), text: text.value });
                await this.load();
            });
    }
}
