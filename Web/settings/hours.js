// When somebody is there: always, or by the clock of a place, day by day, with days on which nobody comes.

import { locale, t } from '../language.js';
import { h } from '../parts/dom.js';
import { field, textInput, tick } from './form.js';

const clock = (minutes) => `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const written = (spans) => spans.map(([, from, to]) => `${clock(from)}-${to === 1440 ? '24:00' : clock(to)}`).join(', ');

/** The spans of a day as they were typed; null for what is none. */
function readDay(day, text) {
    const spans = [];
    for (const part of text.split(/[,，;；]/).map((each) => each.trim()).filter(Boolean)) {
        const match = /^(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})$/.exec(part);
        if (!match) return null;
        const [fromHour, fromMinute, toHour, toMinute] = match.slice(1).map(Number);
        if (fromHour > 23 || toHour > 24 || fromMinute > 59 || toMinute > 59 || (toHour === 24 && toMinute > 0)) return null;
        const from = fromHour * 60 + fromMinute;
        let to = toHour * 60 + toMinute;
        // A shift that ends on the next day.
        if (to <= from) to += 1440;
        spans.push([day, from, to]);
    }
    return spans;
}

const dayName = (day) => new Intl.DateTimeFormat(locale(), { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + day));

export class HoursField {
    constructor(hours, words = 'settings_hours_always') {
        this.always = tick({ t: words }, !hours);
        const zones = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
        const list = h('datalist', { id: 'set-zones' }, zones.map((zone) => h('option', { value: zone })));
        this.zone = textInput(hours?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC', { list: 'set-zones', required: true, spellcheck: 'false' });
        this.days = [0, 1, 2, 3, 4, 5, 6].map((day) => {
            const spans = (hours?.spans ?? []).filter(([on]) => on === day);
            const fresh = day < 5 ? '09:00-18:00' : '';
            const input = textInput(hours ? written(spans) : fresh, { hint: 'settings_hours_closed', inputmode: 'text', 'aria-label': dayName(day), class: 'input set-day-input', data: { day } });
            input.addEventListener('input', () => this.#check(input, day));
            return input;
        });
        this.closed = new Set(hours?.closed ?? []);
        this.chips = h('ul', { class: 'set-chips' });
        this.date = h('input', { type: 'date', class: 'input', label: 'settings_hours_holiday' });
        const add = h('button', { type: 'button', class: 'button is-small', t: 'settings_hours_holiday_add', on: { click: () => this.#close() } });
        this.part = h('div', { class: 'set-hours-part' }, list, field('settings_hours_zone', this.zone),
            h('div', { class: 'set-days' }, this.days.map((input, day) => h('div', { class: 'set-day' }, h('span', { 'aria-hidden': 'true' }, dayName(day)), input))),
            h('p', { class: 'quiet', t: 'settings_hours_help' }),
            h('div', { class: 'set-holidays' }, h('span', { class: 'set-label', t: 'settings_hours_holidays' }), this.chips, h('div', { class: 'set-inline' }, this.date, add)));
        this.element = h('fieldset', { class: 'set-hours' }, h('legend', { t: 'settings_hours' }), this.always.element, this.part);
        this.always.input.addEventListener('change', () => this.#show());
        this.#draw();
        this.#show();
    }

    #show() {
        this.part.hidden = this.always.input.checked;
        // What is hidden must not hold the form back.
        for (const input of [this.zone, ...this.days]) input.disabled = this.part.hidden;
    }

    #check(input, day) {
        input.setCustomValidity(readDay(day, input.value) ? '' : t('settings_hours_bad'));
    }

    #close() {
        if (this.date.value) this.closed.add(this.date.value);
        this.date.value = '';
        this.#draw();
        this.date.focus();
    }

    #draw() {
        const shown = (day) => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day}T00:00Z`));
        this.chips.replaceChildren(...[...this.closed].sort().map((day) => h('li', {}, h('button', {
            type: 'button', class: 'set-chip', 'aria-label': t('settings_hours_holiday_remove', { day: shown(day) }),
            on: { click: () => { this.closed.delete(day); this.#draw(); this.date.focus(); } },
        }, shown(day), h('span', { 'aria-hidden': 'true' }, ' ×')))));
    }

    /** As the server takes it: null for always. */
    get value() {
        if (this.always.input.checked) return null;
        return { zone: this.zone.value.trim(), spans: this.days.flatMap((input, day) => readDay(day, input.value) ?? []), closed: [...this.closed].sort() };
    }
}

/** The hours in a line of words. */
export function hoursWords(hours) {
    if (!hours) return t('settings_hours_any');
    const open = new Set((hours.spans ?? []).map(([day]) => day)).size;
    return t('settings_hours_line', { days: open, zone: hours.zone, closed: (hours.closed ?? []).length });
}
