// Which language the page speaks, and the words for it. Elements made with a text key carry the key, so a change of
// language rewrites them where they stand; whatever is computed listens for `vitrine:language` and draws itself again.

import { writeItem } from './matrix/storage.js';
import { text } from './text.js';

export const languages = ['en', 'zh'];
const tags = { en: 'en', zh: 'zh-CN' };
let current = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

export function language() {
    return current;
}

/** The tag for Intl: the browser's own variant of English or Chinese if that is what it speaks. */
export function locale() {
    const own = navigator.languages?.find((tag) => tag.toLowerCase().startsWith(current));
    return own ?? tags[current];
}

/** Adds the texts of pages that not everybody loads. */
export function addText(rows) {
    Object.assign(text, rows);
}

/** The text of `key` with its `{names}` filled in. */
export function t(key, values = {}) {
    const row = text[key];
    if (!row) return key;
    return row[languages.indexOf(current)].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text of `key_one` or `key_other`, as the language counts; `{n}` is the number. */
export function counted(key, n, values = {}) {
    const rule = new Intl.PluralRules(tags[current]).select(n) === 'one' ? 'one' : 'other';
    return t(`${key}_${rule}`, { n: new Intl.NumberFormat(locale()).format(n), ...values });
}

const targets = {
    t: (element, words) => { element.textContent = words; },
    tLabel: (element, words) => element.setAttribute('aria-label', words),
    tHint: (element, words) => element.setAttribute('placeholder', words),
    tTip: (element, words) => element.setAttribute('title', words),
};

/** Writes the words of every element under `root` that carries a key. */
export function translate(root) {
    const found = [...root.querySelectorAll('[data-t],[data-t-label],[data-t-hint],[data-t-tip]')];
    if (root instanceof Element) found.push(root);
    for (const element of found) {
        for (const [name, put] of Object.entries(targets)) {
            if (element.dataset[name]) put(element, t(element.dataset[name]));
        }
    }
}

export function setLanguage(next) {
    if (!languages.includes(next) || next === current) return;
    current = next;
    writeItem('language', next);
    document.documentElement.lang = tags[next];
    translate(document);
    document.dispatchEvent(new Event('vitrine:language'));
}
