// Draws a panorama from the tiles of a cube: only those that are seen, and as fine as the screen shows.

import { bitmapOf, Scene } from './viewer-gl.js';

// To the right, downwards and ahead on each face: front, right, back, left, up, down.
const faces = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 0, -1], [0, 1, 0], [1, 0, 0]], [[-1, 0, 0], [0, 1, 0], [0, 0, -1]],
    [[0, 0, 1], [0, 1, 0], [-1, 0, 0]], [[1, 0, 0], [0, 0, 1], [0, -1, 0]], [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
];
// Tiles that are held beside the coarsest ones, and requests at once.
const most = 64;
const atOnce = 6;

function dot(a, b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(vector) {
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
}

export class TileScene extends Scene {
    #known = new Map();
    #waiting = [];
    #running = new Map();
    #clock = 0;

    /** `picture(address)` brings a tile; `changed()` hears when there is more to draw. */
    constructor(canvas, manifest, picture, changed) {
        super(canvas, manifest);
        this.picture = picture;
        this.changed = changed;
        this.levels = manifest.tiles.levels.length;
        this.all = manifest.tiles.places.map((key) => this.#describe(key));
    }

    /** How many tiles are held. */
    get held() {
        return this.#known.size;
    }

    /** Brings the coarsest tiles of all faces. */
    async load() {
        await Promise.all(this.all.filter((tile) => tile.level === this.levels - 1).map((tile) => this.#bring(tile)));
    }

    /** Where a tile lies: its box on its face from -1 to 1, its middle, and how far its corners are from that. */
    #describe(key) {
        const { side, tile: size, levels } = this.manifest.tiles;
        const [face, level, place] = key.split('/');
        const [column, row] = place.split('_').map(Number);
        const pixels = levels[level];
        const [width, height] = [Math.min(size, pixels - column * size), Math.min(size, pixels - row * size)];
        // Pixels on the border of a face stand on the edge of the cube.
        const along = (pixel) => Math.max(-1, Math.min(1, 2 * (pixel * side / pixels - 0.5) / (side - 1) - 1));
        const box = [along(column * size), along(row * size), along(column * size + width), along(row * size + height)];
        const at = (u, v) => [0, 1, 2].map((part) => u * faces[face][0][part] + v * faces[face][1][part] + faces[face][2][part]);
        const middle = unit(at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2));
        const corners = [[box[0], box[1]], [box[2], box[1]], [box[0], box[3]], [box[2], box[3]]].map(([u, v]) => unit(at(u, v)));
        const radius = Math.max(...corners.map((corner) => Math.acos(Math.min(1, dot(corner, middle)))));
        return { key, level: Number(level), box, at, middle, radius };
    }

    async #bring(tile) {
        if (this.#known.has(tile.key)) return undefined;
        if (!this.#running.has(tile.key)) {
            const work = this.#fetch(tile).catch(() => null).finally(() => this.#running.delete(tile.key));
            this.#running.set(tile.key, work);
        }
        return this.#running.get(tile.key);
    }

    async #fetch(tile) {
        const address = await this.picture(`${this.manifest.tiles.address}/${tile.key}.jpg`);
        const bitmap = await bitmapOf(address);
        if (address.startsWith('blob:')) URL.revokeObjectURL(address);
        const [left, top, right, bottom] = tile.box;
        const points = [];
        for (const v of [0, 1]) for (const u of [0, 1]) points.push(...tile.at(u ? right : left, v ? bottom : top), u, v);
        const net = this.net(bitmap, points, 1, 1);
        bitmap.close();
        this.#clock += 1;
        this.#known.set(tile.key, { net, tile, used: this.#clock });
        this.#makeRoom();
    }

    /** Lets go of what was not seen for longest; the coarsest tiles stay. */
    #makeRoom() {
        const fine = [...this.#known.values()].filter(({ tile }) => tile.level < this.levels - 1);
        fine.sort((a, b) => a.used - b.used);
        for (const { net, tile } of fine.slice(0, Math.max(0, fine.length - most))) {
            this.forget(net);
            this.#known.delete(tile.key);
        }
    }

    /** The tiles that a camera sees, of the level that its pixels ask for and all coarser ones. */
    #seen({ yaw, pitch, field }, shape, height) {
        const ahead = [Math.sin(yaw) * Math.cos(pitch), -Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)];
        const half = Math.tan(field / 2);
        const reach = Math.atan(half * Math.hypot(1, shape));
        const wanted = height / 2 / half;
        let level = this.levels - 1;
        while (level > 0 && this.manifest.tiles.levels[level] / 2 < wanted) level -= 1;
        return this.all.filter((tile) => tile.level >= level)
            .map((tile) => ({ tile, off: Math.acos(Math.max(-1, Math.min(1, dot(tile.middle, ahead)))) }))
            .filter(({ tile, off }) => off < reach + tile.radius)
            .sort((a, b) => b.tile.level - a.tile.level || a.off - b.off)
            .map(({ tile }) => tile);
    }

    chosen(pose, shape, height) {
        const seen = this.#seen(pose, shape, height);
        this.#clock += 1;
        this.#waiting = seen.filter(({ key }) => !this.#known.has(key) && !this.#running.has(key)).slice(0, most);
        this.#goOn();
        const there = seen.map(({ key }) => this.#known.get(key)).filter(Boolean);
        for (const one of there) one.used = this.#clock;
        return there.map(({ net }) => net);
    }

    #goOn() {
        while (this.#running.size < atOnce && this.#waiting.length) {
            this.#bring(this.#waiting.shift()).then(() => {
                this.changed();
                this.#goOn();
            });
        }
    }

    async ready(pose, shape, height) {
        await Promise.all(this.#seen(pose, shape, height).slice(0, most).map((tile) => this.#bring(tile)));
    }
}
