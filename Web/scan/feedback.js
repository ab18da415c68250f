// Was it right? One tap tells the shop.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { categoryText } from './offers.js';

/** The question with its buttons; `tell(body)` stores the word, `categories()` answers the names to choose from. */
export function feedbackOf(tell, categories) {
    const thanks = h('p', { class: 'scan-thanks', role: 'status' });
    const choice = h('div', { class: 'scan-feedback-choice', hidden: true });
    const buttons = h('div', { class: 'scan-feedback-buttons' });
    const say = async (body) => {
        for (const each of buttons.children) each.disabled = true;
        try {
            await tell(body);
            choice.hidden = true;
            thanks.textContent = t('scan_thanks');
        } catch {
            thanks.textContent = t('scan_feedback_failed');
            for (const each of buttons.children) each.disabled = false;
        }
    };
    const ask = async () => {
        const names = await categories();
        const pick = h('select', { class: 'input', label: 'scan_right_category' },
            names.map((name) => h('option', { value: name }, categoryText(name))));
        const send = () => say({ verdict: 'wrong_category', category: pick.value });
        choice.replaceChildren(h('label', {}, h('span', { t: 'scan_right_category' }), pick),
            h('button', { type: 'button', class: 'button is-small is-primary', t: 'send', on: { click: send } }));
        choice.hidden = false;
        pick.focus();
    };
    const button = (shape, key, action) => h('button', { type: 'button', class: 'button is-small', on: { click: action } },
        shape ? icon(shape) : null, h('span', { t: key }));
    buttons.append(
        button('check', 'scan_is_right', () => say({ verdict: 'right' })),
        button('close', 'scan_wrong_item', () => say({ verdict: 'wrong_item' })),
        button(null, 'scan_wrong_box', () => say({ verdict: 'wrong_box' })),
        button(null, 'scan_wrong_category', ask));
    return h('section', { class: 'scan-feedback', label: 'scan_feedback' },
        h('h2', { class: 'section-title', t: 'scan_feedback' }), buttons, choice, thanks);
}
