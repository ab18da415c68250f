// Light, dark, or as the system has it.

import { removeItem, writeItem } from './matrix/storage.js';

const system = window.matchMedia('(prefers-color-scheme: dark)');

export function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : system.matches;
}

/** Puts the theme on the page; the choice is kept only where it differs from the system's. */
export function setDark(dark) {
    if (dark === system.matches) {
        delete document.documentElement.dataset.theme;
        removeItem('theme');
    } else {
        document.documentElement.dataset.theme = dark ? 'dark' : 'light';
        writeItem('theme', dark ? 'dark' : 'light');
    }
    document.dispatchEvent(new Event('vitrine:theme'));
}


system.addEventListener('change', () => document.dispatchEvent(new Event('vitrine:theme')));
