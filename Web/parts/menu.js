// One pop-up menu at a time: opened at a control, moved through with the arrow keys, closed with Escape, Tab or a
// click elsewhere; the focus goes back to where it came from.

import { h } from './dom.js';
import { icon } from './icons.js';

let open = null;

function place(menu, anchor) {
    const from = anchor.getBoundingClientRect();
    const own = menu.getBoundingClientRect();
    const gap = 6;
    const roomBelow = window.innerHeight - from.bottom - gap;
    const top = roomBelow >= own.height ? from.bottom + gap : Math.max(gap, from.top - own.height - gap);
    const wanted = from.left + from.width / 2 > window.innerWidth / 2 ? from.right - own.width : from.left;
    const left = Math.min(Math.max(gap, wanted), window.innerWidth - own.width - gap);
    menu.style.top = `${Math.max(gap, Math.min(top, window.innerHeight - own.height - gap))}px`;
    menu.style.left = `${left}px`;
}

function item(entry) {
    const role = entry.checked === undefined ? 'menuitem' : 'menuitemradio';
    return h('button', {
        type: 'button', role, class: `menu-item${entry.danger ? ' is-danger' : ''}`, tabindex: -1,
        'aria-checked': entry.checked === undefined ? null : String(entry.checked),
        on: { click: () => { closeMenu(); entry.action(); } },
    }, entry.icon ? icon(entry.icon) : null, h('span', entry.t ? { t: entry.t } : {}, entry.t ? null : entry.text));
}

function quickRow(row) {
    return h('div', { class: 'menu-row', role: 'group', label: row.label }, row.keys.map((key) => h('button', {
        type: 'button', role: 'menuitem', class: 'menu-quick', tabindex: -1,
        on: { click: () => { closeMenu(); row.action(key); } },
    }, key)));
}

function moved(event, menu) {
    const items = [...menu.querySelectorAll('[role^=menuitem]')];
    const at = items.indexOf(document.activeElement);
    const next = {
        ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1,
    }[event.key];
    if (next !== undefined) {
        event.preventDefault();
        items.at(next % items.length)?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
        event.preventDefault();
        closeMenu();
    }
    event.stopPropagation();
}

/**
 * Opens a menu at `anchor`. `entries`: `{icon, t | text, action, danger, checked}` or `{keys, label, action}` for a row
 * of emoji. `label` is the text key of the menu's name.
 */
export function openMenu(anchor, entries, label) {
    closeMenu({ restoreFocus: false });
    const menu = h('div', { class: 'menu', role: 'menu', label, tabindex: -1 },
        entries.map((entry) => (entry.keys ? quickRow(entry) : item(entry))));
    menu.addEventListener('keydown', (event) => moved(event, menu));
    const outside = (event) => {
        if (!menu.contains(event.target)) closeMenu({ restoreFocus: false });
    };
    (anchor.closest('dialog') ?? document.body).append(menu);
    place(menu, anchor);
    document.addEventListener('pointerdown', outside, true);
    window.addEventListener('resize', closeMenu);
    anchor.setAttribute('aria-expanded', 'true');
    open = { menu, anchor, outside, back: document.activeElement };
    menu.querySelector('[role^=menuitem]')?.focus();
}

export function closeMenu({ restoreFocus = true } = {}) {
    if (!open) return;
    const { menu, anchor, outside, back } = open;
    open = null;
    document.removeEventListener('pointerdown', outside, true);
    window.removeEventListener('resize', closeMenu);
    anchor.setAttribute('aria-expanded', 'false');
    menu.remove();
    if (restoreFocus && back?.isConnected) back.focus();
}
