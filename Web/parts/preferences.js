// The two small buttons every page has: the other language, and light or dark.

import { language, setLanguage } from '../language.js';
import { isDark, setDark } from '../theme-choice.js';
import { h, setAttribute } from './dom.js';
import { icon } from './icons.js';

/** A button that names the other language in that language, as people look for it. */
export function languageButton() {
    const button = h('button', { type: 'button', class: 'icon-button language-button' });
    const draw = () => {
        const other = language() === 'en' ? 'zh' : 'en';
        button.lang = other === 'zh' ? 'zh-CN' : 'en';
        button.replaceChildren(h('span', { 'aria-hidden': 'true' }, other === 'zh' ? '中' : 'En'));
        setAttribute(button, 'aria-label', other === 'zh' ? '切换到中文' : 'Switch to English');
        setAttribute(button, 'title', other === 'zh' ? '切换到中文' : 'Switch to English');
    };
    button.addEventListener('click', () => setLanguage(language() === 'en' ? 'zh' : 'en'));
    document.addEventListener('vitrine:language', draw);
    draw();
    return button;
}

export function themeButton() {
    const button = h('button', { type: 'button', class: 'icon-button', label: 'dark_mode', tip: 'dark_mode' });
    const draw = () => {
        button.setAttribute('aria-pressed', String(isDark()));
        button.replaceChildren(icon(isDark() ? 'sun' : 'moon'));
    };
    button.addEventListener('click', () => setDark(!isDark()));
    document.addEventListener('vitrine:theme', draw);
    draw();
    return button;
}
