// Dates and times as people of the chosen language write them.

import { locale, t } from './language.js';

const formats = new Map();

function format(name, options) {
    const key = `${locale()} ${name}`;
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), options));
    return formats.get(key);
}

function dayNumber(date) {
    return Math.round(new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 86_400_000);
}

function daysAgo(ts) {
    return dayNumber(new Date()) - dayNumber(new Date(ts));
}

/** A key that is equal for moments of one calendar day here. */
export function dayKey(ts) {
    const date = new Date(ts);
    return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** 14:05 or 2:05 PM. */
export function clock(ts) {
    return format('clock', { hour: 'numeric', minute: '2-digit' }).format(ts);
}

/** Today, Yesterday, Monday, or the whole date: for the lines between days. */
export function day(ts) {
    const ago = daysAgo(ts);
    if (ago === 0) return t('today');
    if (ago === 1) return t('yesterday');
    if (ago > 1 && ago < 7) return format('weekday', { weekday: 'long' }).format(ts);
    return format('date', { year: 'numeric', month: 'long', day: 'numeric' }).format(ts);
}

/** The shortest that is clear: the time today, the weekday this week, else day and month. For lists. */
export function brief(ts) {
    const ago = daysAgo(ts);
    if (ago <= 0) return clock(ts);
    if (ago === 1) return t('yesterday');
    if (ago < 7) return format('short weekday', { weekday: 'short' }).format(ts);
    const thisYear = new Date(ts).getFullYear() === new Date().getFullYear();
    if (thisYear) return format('month day', { month: 'short', day: 'numeric' }).format(ts);
    return format('short date', { year: 'numeric', month: 'short', day: 'numeric' }).format(ts);
}

/** Date and time in full, for titles and the side panel. */
export function full(ts) {
    return format('full', { dateStyle: 'medium', timeStyle: 'short' }).format(ts);
}
