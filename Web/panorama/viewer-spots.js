// Hotspots: places of a panorama that lead to another one, to an item or to words. Each is a button over the picture.

import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';

const signs = { panorama: 'leave', item: 'search', text: 'info' };

/** Where a direction is on the screen of a camera, in pixels; null behind it. Angles in radians, pitch upwards. */
export function projected({ yaw, pitch }, pose, width, height) {
    const across = yaw - pose.yaw;
    const [cp, sp] = [Math.cos(pose.pitch), Math.sin(pose.pitch)];
    const [x, up, z] = [Math.sin(across) * Math.cos(pitch), Math.sin(pitch), Math.cos(across) * Math.cos(pitch)];
    const ahead = z * cp + up * sp;
    if (ahead < 0.05) return null;
    const scale = height / 2 / Math.tan(pose.field / 2) / ahead;
    return { x: width / 2 + x * scale, y: height / 2 - (up * cp - z * sp) * scale };
}

/** The direction of a place of the screen. */
export function unprojected(x, y, pose, width, height) {
    const scale = Math.tan(pose.field / 2) * 2 / height;
    const [right, up] = [(x - width / 2) * scale, (height / 2 - y) * scale];
    const [cp, sp] = [Math.cos(pose.pitch), Math.sin(pose.pitch)];
    const [level, rise] = [cp - up * sp, sp + up * cp];
    return { yaw: pose.yaw + Math.atan2(right, level), pitch: Math.atan2(rise, Math.hypot(right, level)) };
}

export class SpotLayer {
    /** `pressed(spot)` hears of presses; `turn({ yaw, pitch })` looks at what has the focus. */
    constructor(pressed, turn) {
        this.element = h('div', { class: 'pano-spots' });
        this.pressed = pressed;
        this.turn = turn;
        this.buttons = [];
    }

    show(spots) {
        const degree = Math.PI / 180;
        this.buttons = spots.map((spot) => {
            const place = { yaw: spot.yaw * degree, pitch: spot.pitch * degree };
            const button = h('button', {
                type: 'button', class: `pano-spot is-${spot.kind}`, data: { spot: spot.spot }, on: { click: () => this.pressed(spot) },
            }, icon(signs[spot.kind] ?? 'info'), h('span', {}, spot.label));
            button.addEventListener('focus', () => { if (button.classList.contains('is-away')) this.turn(place); });
            return { button, place };
        });
        this.element.replaceChildren(...this.buttons.map(({ button }) => button));
    }

    /** Puts the buttons where their places are seen. */
    place(pose, width, height) {
        for (const { button, place } of this.buttons) {
            const at = projected(place, pose, width, height);
            const isSeen = at !== null && at.x > 0 && at.y > 0 && at.x < width && at.y < height;
            button.classList.toggle('is-away', !isSeen);
            if (isSeen) {
                button.style.left = `${at.x}px`;
                button.style.top = `${at.y}px`;
            }
        }
    }
}
