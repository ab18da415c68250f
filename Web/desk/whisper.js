// A supervisor says something to the agent alone: it stands among the notes, and the customer never sees it.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { tried } from './parts.js';

export function askWhisper(store, found) {
    const text = h('textarea', { class: 'input', id: 'whisper-text', rows: 3, required: true, maxlength: 2000 });
    const form = h('form', { class: 'become' }, h('div', { class: 'field' }, h('label', { for: 'whisper-text', t: 'desk_whisper_hint' }), text),
        h('div', { class: 'become-actions' }, h('button', { type: 'submit', class: 'button is-primary', t: 'desk_whisper' })));
    const dialog = openDialog('desk_whisper', form, { className: 'is-small' });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        if (!await tried(() => store.command(found.number, 'whisper', { text: text.value.trim() }))) return;
        dialog.close();
        toast('desk_whispered');
    });
    text.focus();
}
