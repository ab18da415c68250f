// A key-value view of IndexedDB: what is too big for localStorage (rooms between visits, pictures not sent yet).
// Every call answers even where the browser offers no database; reads are then empty.

const name = 'vitrine';
const stores = ['snapshot', 'files'];
let opening = null;

function open() {
    opening ??= new Promise((resolve) => {
        let ask;
        try {
            ask = indexedDB.open(name, 1);
        } catch {
            resolve(null);
            return;
        }
        ask.onupgradeneeded = () => stores.forEach((store) => ask.result.createObjectStore(store));
        ask.onsuccess = () => resolve(ask.result);
        ask.onerror = () => resolve(null);
        ask.onblocked = () => resolve(null);
    });
    return opening;
}

async function inTransaction(store, mode, body) {
    const database = await open();
    if (!database) return null;
    return new Promise((resolve) => {
        let result = null;
        try {
            const transaction = database.transaction(store, mode);
            transaction.oncomplete = () => resolve(result);
            transaction.onabort = transaction.onerror = () => resolve(null);
            body(transaction.objectStore(store), (value) => { result = value; });
        } catch {
            resolve(null);
        }
    });
}

export function get(store, key) {
    return inTransaction(store, 'readonly', (table, done) => {
        const ask = table.get(key);
        ask.onsuccess = () => done(ask.result ?? null);
    });
}

/** All `[key, value]` pairs whose key begins with `start`. */
export async function entries(store, start) {
    const range = IDBKeyRange.bound(start, `${start}\uffff`);
    const found = await inTransaction(store, 'readonly', (table, done) => {
        const list = [];
        table.openCursor(range).onsuccess = (event) => {
            const cursor = event.target.result;
            if (!cursor) return done(list);
            list.push([cursor.key, cursor.value]);
            cursor.continue();
        };
    });
    return found ?? [];
}

/** Puts and removes together: all of it is kept, or nothing. `undefined` removes. */
export function write(store, pairs) {
    return inTransaction(store, 'readwrite', (table) => {
        for (const [key, value] of pairs) {
            if (value === undefined) table.delete(key);
            else table.put(value, key);
        }
    });
}

export function removeAll(store, start) {
    return inTransaction(store, 'readwrite', (table) => {
        table.delete(IDBKeyRange.bound(start, `${start}\uffff`));
    });
}
