// Modal dialogs on <dialog>: the browser keeps the focus inside and gives it back, Escape closes.

import { iconButton } from './buttons.js';
import { h } from './dom.js';

let counter = 0;

/** Opens a dialog with a title (text key) and `body`; answers the element. It is removed when it closes. */
export function openDialog(title, body, { className = '', actions = [] } = {}) {
    counter += 1;
    const id = `dialog-${counter}`;
    const dialog = h('dialog', { class: `dialog ${className}`, 'aria-labelledby': id },
        h('div', { class: 'dialog-frame' },
            h('header', { class: 'dialog-head' },
                h('h2', { id, t: title }),
                iconButton('close', 'close', () => dialog.close())),
            h('div', { class: 'dialog-body' }, body),
            actions.length ? h('footer', { class: 'dialog-actions' }, actions) : null));
    dialog.addEventListener('click', (event) => {
        if (event.target === dialog) dialog.close();
    });
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
}

/** Asks before something that cannot be undone; answers whether the person agreed. */
export function confirmed(title, question, yes) {
    return new Promise((resolve) => {
        let answer = false;
        const agree = h('button', { type: 'button', class: 'button is-danger', t: yes });
        const cancel = h('button', { type: 'button', class: 'button', t: 'cancel' });
        const dialog = openDialog(title, h('p', { t: question }), { className: 'is-small', actions: [cancel, agree] });
        agree.addEventListener('click', () => { answer = true; dialog.close(); });
        cancel.addEventListener('click', () => dialog.close());
        dialog.addEventListener('close', () => resolve(answer));
        cancel.focus();
    });
}
