// A small palette of emoji; the full set is on every keyboard (Win + . on Windows, Ctrl + Cmd + Space on a Mac).

import { h } from './dom.js';

const palette = `😀 😄 😂 🙂 😊 😍 😘 😎 🤔 😅
    😢 😭 😡 👍 👎 👏 🙏 💪 👌 ✌️ 👋 🤝
    ❤️ 🔥 ✨ 🎉 🎁 🌹 ☕ 🍰 ⭐ ✅ ❌ ❓ 📦 🚚 🛍️ 👗 👟 🏠`.split(/\s+/);

/** The row offered in a message's menu. */
export const quickReactions = ['👍', '❤️', '😄', '🎉', '🙏', '✅'];

/** Opens the palette in `host` (a positioned element); `chosen(emoji)` hears of each choice, `closed()` of its end. */
export function openPalette(host, chosen, closed) {
    const buttons = palette.map((emoji, index) => h('button', {
        type: 'button', class: 'emoji', tabindex: index === 0 ? 0 : -1, on: { click: () => chosen(emoji) },
    }, emoji));
    const panel = h('div', { class: 'emoji-panel', role: 'group', label: 'emoji' }, buttons);
    const close = () => {
        document.removeEventListener('pointerdown', outside, true);
        panel.remove();
        closed();
    };
    const outside = (event) => {
        if (!host.contains(event.target)) close();
    };
    panel.addEventListener('keydown', (event) => {
        const at = buttons.indexOf(document.activeElement);
        const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
        if (step !== undefined) {
            event.preventDefault();
            buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)].focus();
        } else if (event.key === 'Escape') {
            event.stopPropagation();
            close();
        }
    });
    document.addEventListener('pointerdown', outside, true);
    host.append(panel);
    buttons[0].focus();
    return close;
}
