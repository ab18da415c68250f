// Numbers as a person reads them.

import { locale, t } from '../language.js';

export const whole = (value) => new Intl.NumberFormat(locale()).format(value ?? 0);

export const share = (part, all) => (all ? new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 })
    .format(part / all) : '–');

/** A length of time: seconds, minutes or hours. */
export function span(milliseconds) {
    if (milliseconds === null || milliseconds === undefined) return '–';
    const seconds = Math.round(milliseconds / 1_000);
    if (seconds < 60) return t('board_seconds', { n: seconds });
    if (seconds < 3_600) return t('board_minutes', { n: Math.floor(seconds / 60), s: seconds % 60 });
    return t('board_hours', { n: Math.floor(seconds / 3_600), m: Math.floor(seconds % 3_600 / 60) });
}

/** A time in hours and whole minutes, which does not change with each second. */
export function present(milliseconds) {
    const minutes = Math.floor((milliseconds ?? 0) / 60_000);
    return t('board_hours', { n: Math.floor(minutes / 60), m: minutes % 60 });
}

export const clock = (at) => new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
export const moment = (at) => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at);
// Days of the recomputation are those of UTC.
export const day = (at) => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
