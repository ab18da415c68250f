// Tags of a conversation: words by which it is found and counted later.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { deskPut } from '../matrix/desk.js';
import { tried } from './parts.js';

const words = (text) => [...new Set(text.split(/[,，、]/).map((word) => word.trim()).filter(Boolean))];

export function askTags(store, found) {
    const known = [...new Set(store.conversations.flatMap((each) => each.tags ?? []))].sort();
    const input = h('input', { class: 'input', id: 'desk-tags', value: (found.tags ?? []).join(', '), maxlength: 1000, autocomplete: 'off' });
    const add = (tag) => {
        const now = words(input.value);
        input.value = (now.includes(tag) ? now.filter((each) => each !== tag) : [...now, tag]).join(', ');
        input.focus();
    };
    const form = h('form', { class: 'become' }, h('div', { class: 'field' }, h('label', { for: 'desk-tags', t: 'desk_tags_hint' }), input),
        known.length ? h('ul', { class: 'tag-chips', label: 'desk_tags_known' }, known.slice(0, 24).map((tag) => h('li', {},
            h('button', { type: 'button', class: 'tag-chip', on: { click: () => add(tag) } }, tag)))) : null,
        h('div', { class: 'become-actions' }, h('button', { type: 'submit', class: 'button is-primary', t: 'desk_tags_keep' })));
    const dialog = openDialog('desk_tags', form, { className: 'is-small' });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const done = await tried(() => deskPut(store.client, `conversations/${found.number}/tags`, { tags: words(input.value) }));
        if (!done) return;
        dialog.close();
        store.refresh();
    });
    input.focus();
}
