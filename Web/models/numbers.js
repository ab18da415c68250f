// Numbers as the chosen language writes them.

import { locale } from '../language.js';

/** 0.744 with so many digits behind the point. */
export function decimal(value, digits = 2) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(locale(), options).format(value);
}

/** 29.2 %; with a sign where a difference is told. */
export function percent(value, isSigned = false) {
    const digits = Math.abs(value) < 0.1 && value !== 0 ? 2 : 1;
    return new Intl.NumberFormat(locale(), {
        style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits,
        signDisplay: isSigned ? 'exceptZero' : 'auto',
    }).format(value);
}

/** 15,145. */
export function whole(value) {
    return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);
}

/** 5.7 MB. */
export function bytes(value) {
    const isSmall = value < 1e6;
    return `${decimal(value / (isSmall ? 1e3 : 1e6), 1)} ${isSmall ? 'kB' : 'MB'}`;
}

/** A logged value: as many digits as matter. */
export function logged(value) {
    if (!Number.isFinite(value)) return '–';
    return new Intl.NumberFormat(locale(), { maximumSignificantDigits: 4 }).format(value);
}
