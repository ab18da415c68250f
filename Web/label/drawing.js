// The boxes of the picture that is open: what is selected, every change with the way back, and keeping them on the
// server a moment after the last change. It announces `changed` (boxes or selection) and `saved` (how keeping stands).

const waitMilliseconds = 700;
const most = 200;

export class Drawing extends EventTarget {
    #boxes = [];
    #past = [];
    #future = [];
    #ids = new Map();
    #counter = 0;
    #timer = null;
    #saving = null;
    #isDirty = false;

    constructor(api) {
        super();
        this.api = api;
        this.picture = null;
        this.selected = null;
        this.state = 'saved';
    }

    get boxes() {
        return this.#boxes;
    }

    get box() {
        return this.#boxes.find(({ key }) => key === this.selected) ?? null;
    }

    get size() {
        return [this.picture.width, this.picture.height];
    }

    get canUndo() {
        return this.#past.length > 0;
    }

    get canRedo() {
        return this.#future.length > 0;
    }

    /** The number of a box on the server; null for one that was not kept yet. */
    idOf(key) {
        return this.#ids.get(key) ?? null;
    }

    /** Opens a picture as the server tells it. */
    open(picture) {
        clearTimeout(this.#timer);
        this.picture = picture;
        this.#ids = new Map();
        this.#boxes = picture.boxes.map((each) => this.#taken(each));
        [this.#past, this.#future, this.#isDirty, this.selected] = [[], [], false, null];
        this.#announce('saved');
        this.#announce();
    }

    #taken({ id, box, category, state, source, score, model, by }) {
        this.#counter += 1;
        this.#ids.set(this.#counter, id);
        return { key: this.#counter, box, category, isUnsure: state === 'unsure', source, score, model, by };
    }

    #announce(state = null) {
        if (state) {
            this.state = state;
            this.dispatchEvent(new CustomEvent('saved', { detail: state }));
        } else {
            this.dispatchEvent(new Event('changed'));
        }
    }

    // MARK: Changing

    select(key) {
        if (this.selected === key) return;
        this.selected = key;
        this.#announce();
    }

    /** Begins a change that can be taken back as one; what follows until the next `note` belongs to it. */
    note() {
        this.#past.push(this.#boxes.map((each) => ({ ...each })));
        if (this.#past.length > most) this.#past.shift();
        this.#future = [];
    }

    /** A box that was not there; answers its key. */
    add(box, category, { isUnsure = false, score } = {}) {
        this.#counter += 1;
        this.#boxes = [...this.#boxes, { key: this.#counter, box, category, isUnsure, source: 'person', score }];
        this.selected = this.#counter;
        this.touch();
        return this.#counter;
    }

    /** Changes members of a box. Whoever touches a suggestion has accepted it. */
    change(key, members) {
        this.#boxes = this.#boxes.map((each) => (each.key === key ? { ...each, isUnsure: false, ...members } : each));
        this.touch();
    }

    remove(key) {
        const place = this.#boxes.findIndex((each) => each.key === key);
        this.#boxes = this.#boxes.filter((each) => each.key !== key);
        this.selected = this.#boxes[Math.min(place, this.#boxes.length - 1)]?.key ?? null;
        this.touch();
    }

    undo() {
        this.#step(this.#past, this.#future);
    }

    redo() {
        this.#step(this.#future, this.#past);
    }

    #step(from, to) {
        const boxes = from.pop();
        if (!boxes) return;
        to.push(this.#boxes);
        this.#boxes = boxes;
        if (!this.box) this.selected = null;
        this.touch();
    }

    /** Whether all things in the picture have boxes now. */
    finish(isDone) {
        this.picture.done = isDone;
        this.touch();
    }

    touch() {
        this.#isDirty = true;
        this.#announce('waiting');
        this.#announce();
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.flush().catch(() => null), waitMilliseconds);
    }

    // MARK: Keeping

    /** Keeps what is not kept yet; returns when everything is. */
    async flush() {
        clearTimeout(this.#timer);
        while (this.#isDirty || this.#saving) {
            if (this.#saving) await this.#saving;
            else this.#saving = this.#save().finally(() => { this.#saving = null; });
        }
    }

    async #save() {
        const { picture } = this;
        const sent = this.#boxes;
        this.#isDirty = false;
        this.#announce('saving');
        try {
            const reply = await this.api.put(`/api/v1/labels/${picture.label}`, {
                revision: picture.revision, done: picture.done,
                boxes: sent.map(({ key, box, category, isUnsure }) => ({ id: this.idOf(key) ?? undefined, box, category, unsure: isUnsure })),
            });
            if (picture !== this.picture) return;
            this.#learn(sent, reply);
            this.#announce(this.#isDirty ? 'waiting' : 'saved');
        } catch (error) {
            // Somebody else's change is shown, never overwritten; anything else is tried again with the next change.
            this.problem = error;
            this.#announce(error.status === 409 ? 'conflict' : 'failed');
            throw error;
        }
    }

    /** Takes the numbers of new boxes from the reply: the server gives them in the order in which they were sent. */
    #learn(sent, reply) {
        const before = new Set(sent.map(({ key }) => this.idOf(key)));
        const there = new Set(reply.boxes.map(({ id }) => id));
        const fresh = reply.boxes.map(({ id }) => id).filter((id) => !before.has(id)).sort((a, b) => a - b);
        for (const { key } of sent) {
            if (!there.has(this.idOf(key)) && fresh.length) this.#ids.set(key, fresh.shift());
        }
        Object.assign(this.picture, { revision: reply.revision, count: reply.count, unsure: reply.unsure, by: reply.by });
    }
}
