// Giving a conversation to somebody else: a queue or an agent, and why.

import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { tried } from './parts.js';

export function askTransfer(store, found) {
    const target = h('select', { class: 'input', id: 'transfer-to', required: true },
        h('optgroup', { 'data-group': 'queues' }, store.of(found).queues.filter((each) => each.active).map((each) => (
            h('option', { value: `queue ${each.queue}` }, each.name)))),
        h('optgroup', { 'data-group': 'agents' }, store.of(found).agents.filter((each) => each.agent !== found.owner && each.queues.includes(found.queue))
            .map((each) => h('option', { value: `agent ${each.agent}` }, `${each.name ?? each.user_id} · ${t(`desk_status_${each.status}`)}`))));
    target.querySelector('[data-group=queues]').label = t('desk_queues');
    target.querySelector('[data-group=agents]').label = t('desk_agents');
    const note = h('textarea', { class: 'input', id: 'transfer-note', rows: 3, hint: 'desk_note_hint', maxlength: 2000 });
    const send = h('button', { type: 'submit', class: 'button is-primary', t: 'desk_transfer' });
    const form = h('form', { class: 'become' },
        h('div', { class: 'field' }, h('label', { for: 'transfer-to', t: 'desk_transfer_to' }), target),
        h('div', { class: 'field' }, h('label', { for: 'transfer-note', t: 'desk_note' }), note),
        h('div', { class: 'become-actions' }, send));
    const dialog = openDialog('desk_transfer', form, { className: 'is-small' });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const [kind, number] = target.value.split(' ');
        const done = await tried(() => store.command(found.number, 'transfer', { [kind]: Number(number), note: note.value }));
        if (done) dialog.close();
    });
}
