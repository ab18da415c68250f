// Forms of the settings: fields with their labels, and a dialog that stays open until what was typed is kept.

import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';

let counter = 0;

/** An input with its label and, where there is something to say, a line of help. */
export function field(words, input, help = null) {
    counter += 1;
    input.id ||= `set-${counter}`;
    const note = help ? h('p', { class: 'quiet', id: `${input.id}-help`, t: help }) : null;
    if (note) input.setAttribute('aria-describedby', note.id);
    return h('div', { class: 'field' }, h('label', { for: input.id, t: words }), input, note);
}

export function textInput(value, more = {}) {
    return h('input', { class: 'input', autocomplete: 'off', value: value ?? '', ...more });
}

export function numberInput(value, more = {}) {
    return h('input', { class: 'input', type: 'number', step: 1, required: true, value, ...more });
}

export function textArea(value, more = {}) {
    const area = h('textarea', { class: 'input', rows: 4, ...more });
    area.value = value ?? '';
    return area;
}

/** A choice; `options` are pairs of a value and either `{t}` (a text key) or the words themselves. */
export function choice(options, value, more = {}) {
    const select = h('select', { class: 'input', ...more }, options.map(([key, words]) => (
        typeof words === 'object' ? h('option', { value: key, t: words.t }) : h('option', { value: key }, words))));
    select.value = String(value ?? '');
    return select;
}

/** A box to tick with its words; the box is `.input` of what comes back. */
export function tick(words, checked, more = {}) {
    const input = h('input', { type: 'checkbox', checked, ...more });
    const element = h('label', { class: 'set-tick' }, input, h('span', typeof words === 'object' ? words : {}, typeof words === 'object' ? null : words));
    return { element, input };
}

/** Several fields side by side where there is room. */
export const pair = (...parts) => h('div', { class: 'set-pair' }, parts);

/** A part of a form that can be opened. */
export const more = (words, ...parts) => h('details', { class: 'set-more' }, h('summary', { t: words }), parts);

/** Words between commas. */
export const listed = (text) => [...new Set(text.split(/[,，、]/).map((word) => word.trim()).filter(Boolean))];

/** What went wrong, said by `problem`; answers whether all went well. */
export async function tried(problem, work) {
    setText(problem, '');
    try {
        await work();
        return true;
    } catch (error) {
        if (!error?.isSessionOver) setText(problem, sentence(error));
        return false;
    }
}

/** Opens a dialog with a form; `save()` keeps what was typed, and what it throws is said and leaves the form open. */
export function openForm(title, parts, save, { button = 'settings_save', className = '' } = {}) {
    const problem = h('p', { class: 'form-error', role: 'alert' });
    const send = h('button', { type: 'submit', class: 'button is-primary', t: button });
    const cancel = h('button', { type: 'button', class: 'button', t: 'cancel', on: { click: () => dialog.close() } });
    const form = h('form', { class: 'set-form' }, parts, problem, h('div', { class: 'become-actions' }, cancel, send));
    const dialog = openDialog(title, form, { className: `set-dialog ${className}`.trim() });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        send.disabled = true;
        if (await tried(problem, save)) dialog.close();
        send.disabled = false;
    });
    form.querySelector('input:not([type=checkbox]), select, textarea')?.focus();
    return { dialog, form };
}

/** A text in JSON, or the refusal as the field's own. Empty text is `none`. */
export function readJson(area, none) {
    if (!area.value.trim()) return none;
    try {
        return JSON.parse(area.value);
    } catch {
        area.focus();
        throw new Error(t('settings_bad_json'));
    }
}
