// What a visitor sees before the first word: a greeting for the time of day and questions to begin with.

import { h, setText } from '../parts/dom.js';
import { icon, mark } from '../parts/icons.js';
import { t } from '../language.js';

const questions = ['ask_stock', 'ask_delivery', 'ask_return', 'ask_choose'];

function greetingKey(hour) {
    if (hour >= 5 && hour < 12) return 'good_morning';
    return hour >= 12 && hour < 18 ? 'good_afternoon' : 'good_evening';
}

/** The empty state; `ask(words)` sends a first question. */
export function welcome(ask) {
    const heading = h('h2', { class: 'welcome-title' });
    const draw = () => setText(heading, t(greetingKey(new Date().getHours())));
    document.addEventListener('vitrine:language', draw);
    draw();
    return h('section', { class: 'welcome', label: 'welcome' },
        h('div', { class: 'welcome-sign' }, mark()),
        heading,
        h('p', { class: 'welcome-text', t: 'welcome_text' }),
        h('ul', { class: 'chips', label: 'suggestions' },
            h('li', { class: 'chip-first' }, h('a', { class: 'chip is-scan', href: '/scan' }, icon('scan'), h('span', { t: 'ask_scan' }))),
            questions.map((key) => h('li', {},
            h('button', { type: 'button', class: 'chip', t: key, on: { click: () => ask(t(key)) } })))),
        h('p', { class: 'welcome-note', t: 'welcome_note' }));
}
