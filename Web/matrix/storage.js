// localStorage that never throws: private windows and full disks fall back to memory, so a page still works,
// it only forgets on reload.

const memory = new Map();
const prefix = 'vitrine.';

function backing() {
    try {
        return window.localStorage;
    } catch {
        return null;
    }
}

export function readItem(key) {
    try {
        const text = backing()?.getItem(prefix + key);
        if (text !== null && text !== undefined) return JSON.parse(text);
    } catch {
        // Not ours or damaged: as if it were absent.
    }
    return memory.has(key) ? memory.get(key) : null;
}

export function writeItem(key, value) {
    memory.set(key, value);
    try {
        backing()?.setItem(prefix + key, JSON.stringify(value));
    } catch {
        // Full or forbidden: the copy in memory stands.
    }
}

export function removeItem(key) {
    memory.delete(key);
    try {
        backing()?.removeItem(prefix + key);
    } catch {
        // Nothing was kept there.
    }
}

/** All keys that begin with `start`, without the common prefix. */
export function itemKeys(start) {
    const keys = new Set([...memory.keys()].filter((key) => key.startsWith(start)));
    try {
        const store = backing();
        for (let index = 0; store && index < store.length; index += 1) {
            const key = store.key(index);
            if (key?.startsWith(prefix + start)) keys.add(key.slice(prefix.length));
        }
    } catch {
        // Memory only.
    }
    return [...keys];
}
