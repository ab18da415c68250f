// Cards that an agent sends: a viewing with times to choose from, or a price that the customer may offer. What comes out
// is a card of the format that any business may send.

import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { deskPost } from '../matrix/desk.js';
import { tried } from './parts.js';

const kinds = {
    'viewing.book': {
        words: 'desk_card_viewing', verb: 'book', press: 'desk_card_book',
        body: ({ lines }) => [{
            type: 'Input.ChoiceSet', id: 'slot', label: t('desk_card_times'), isRequired: true,
            choices: lines.map((line) => ({ title: line, value: line })),
        }],
        needsLines: true,
    },
    'price.offer': {
        words: 'desk_card_offer', verb: 'offer', press: 'desk_card_offer_press',
        body: () => [{ type: 'Input.Number', id: 'amount', label: t('desk_card_amount'), isRequired: true, min: 1 }],
        needsLines: false,
    },
    'payment.request': {
        words: 'desk_card_payment', verb: 'pay', press: 'desk_card_pay', needsSum: true,
        body: ({ sum }) => [{ type: 'FactSet', facts: [{ title: t('desk_card_sum'), value: sum }] }],
    },
    'refund.offer': {
        words: 'desk_card_refund', verb: 'accept', press: 'desk_card_accept', needsSum: true,
        body: ({ sum }) => [{ type: 'FactSet', facts: [{ title: t('desk_card_sum'), value: sum }] }],
    },
};

function cardOf(kind, { title, lines, sum, adapter, found }) {
    const { verb, press, body } = kinds[kind];
    const about = found.item?.title;
    const top = [{ type: 'TextBlock', text: title, weight: 'Bolder' }];
    if (about) top.push({ type: 'FactSet', facts: [{ title: t('desk_card_about'), value: about }] });
    const questions = body({ lines, sum });
    const inWords = [title, about ?? '', sum, ...lines.map((line, index) => `${index + 1}. ${line}`)].filter(Boolean).join('\n');
    return {
        kind, adapter, ref: found.item?.ref ?? String(found.number), uses: 1, body: inWords,
        layout: { body: [...top, ...questions], actions: [{ type: 'Action.Execute', verb, title: t(press) }] },
    };
}

export function composeCard(client, store, found) {
    const { adapters } = store.of(found);
    const mine = Object.entries(kinds).filter(([name]) => store.mayCard(name, found));
    if (mine.length === 0) {
        toast('desk_card_no_kind');
        return;
    }
    const kind = h('select', { class: 'input', id: 'card-kind' }, mine.map(([name, { words }]) => h('option', { value: name, t: words })));
    const adapter = h('select', { class: 'input', id: 'card-adapter', required: true }, adapters.map(({ name }) => h('option', { value: name }, name)));
    const title = h('input', { class: 'input', id: 'card-title', required: true, maxlength: 120 });
    const lines = h('textarea', { class: 'input', id: 'card-lines', rows: 4, hint: 'desk_card_lines_hint', maxlength: 1000 });
    const linesField = h('div', { class: 'field' }, h('label', { for: 'card-lines', t: 'desk_card_times' }), lines);
    const sum = h('input', { class: 'input', id: 'card-sum', maxlength: 64, hint: 'desk_card_sum_hint', autocomplete: 'off' });
    const sumField = h('div', { class: 'field' }, h('label', { for: 'card-sum', t: 'desk_card_sum' }), sum);
    const field = (id, words, input) => h('div', { class: 'field' }, h('label', { for: id, t: words }), input);
    const form = h('form', { class: 'become' }, field('card-kind', 'desk_card_kind', kind), field('card-title', 'desk_card_title', title), linesField, sumField,
        field('card-adapter', 'desk_card_adapter', adapter),
        adapters.length ? null : h('p', { class: 'form-error', t: 'desk_card_no_adapter' }),
        h('div', { class: 'become-actions' }, h('button', { type: 'submit', class: 'button is-primary', t: 'desk_card_send', disabled: adapters.length === 0 })));
    const choose = () => {
        const chosen = kinds[kind.value];
        linesField.hidden = !chosen.needsLines;
        lines.required = chosen.needsLines === true;
        sumField.hidden = !chosen.needsSum;
        sum.required = chosen.needsSum === true;
        title.value = t(chosen.words);
        const fitting = adapters.find(({ name }) => kind.value.startsWith(name) || name.startsWith(kind.value.split('.')[0]))
            ?? adapters.find(({ name }) => name.includes(chosen.verb));
        if (fitting) adapter.value = fitting.name;
    };
    kind.addEventListener('change', choose);
    choose();
    const dialog = openDialog('desk_card', form, { className: 'is-small' });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const wanted = kinds[kind.value].needsLines ? lines.value.split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 12) : [];
        const card = cardOf(kind.value, { title: title.value.trim(), lines: wanted, sum: kinds[kind.value].needsSum ? sum.value.trim() : '', adapter: adapter.value, found });
        if (await tried(() => deskPost(client, `conversations/${found.number}/cards`, card))) dialog.close();
    });
    title.select();
}
