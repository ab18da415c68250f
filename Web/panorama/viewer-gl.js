// Draws a panorama with WebGL: its picture in tiles, each a net of triangles bent as its surface is.

import { pixelDirection } from './surfaces.js';

const vertexCode = `
    attribute vec3 place; attribute vec2 spot; uniform mat4 look; varying vec2 at;
    void main() { at = spot; gl_Position = look * vec4(place, 1.0); }`;
const fragmentCode = `
    precision mediump float; uniform sampler2D picture; varying vec2 at;
    void main() { gl_FragColor = texture2D(picture, at); }`;
const tileSide = 2048;
// A part of a net stands for at most this many radians: at 640 pixels over 35 degrees its edges bend by a tenth of one.
const finest = 1.5 * Math.PI / 180;

function program(gl) {
    const made = gl.createProgram();
    for (const [type, code] of [[gl.VERTEX_SHADER, vertexCode], [gl.FRAGMENT_SHADER, fragmentCode]]) {
        const shader = gl.createShader(type);
        gl.shaderSource(shader, code);
        gl.compileShader(shader);
        gl.attachShader(made, shader);
    }
    gl.linkProgram(made);
    if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error('The panorama cannot be drawn here.');
    return made;
}

/** Where a pixel lies in the space that is looked at; flat things lie on a wall in front. */
function placeOf(manifest, column, row) {
    if (manifest.hasAngles) return pixelDirection(manifest, column, row);
    return [(column - manifest.width / 2) / manifest.height, (row - manifest.height / 2) / manifest.height, 1];
}

/** Parts of a net so many pixels long; an index of 16 bits names its corners. */
function parts(manifest, pixels) {
    const angle = manifest.hasAngles ? pixels / manifest.scale : 0;
    return Math.max(24, Math.min(250, Math.ceil(angle / finest)));
}

export class Scene {
    constructor(canvas, manifest) {
        this.canvas = canvas;
        this.manifest = manifest;
        this.tiles = [];
        this.gl = canvas.getContext('webgl', { alpha: false, antialias: true, preserveDrawingBuffer: true });
        if (!this.gl) throw new Error('There is no WebGL.');
        const { gl } = this;
        this.program = program(gl);
        gl.useProgram(this.program);
        this.look = gl.getUniformLocation(this.program, 'look');
    }

    /** Takes the picture at an address, which may be smaller than the panorama it stands for. */
    async load(address) {
        const { gl } = this;
        const bitmap = await bitmapOf(address);
        const side = Math.min(tileSide, gl.getParameter(gl.MAX_TEXTURE_SIZE));
        for (let top = 0; top < bitmap.height; top += side) {
            for (let left = 0; left < bitmap.width; left += side) {
                const box = [left, top, Math.min(side, bitmap.width - left), Math.min(side, bitmap.height - top)];
                this.tiles.push(await this.#tile(bitmap, box));
            }
        }
        bitmap.close();
    }

    async #tile(bitmap, [left, top, width, height]) {
        const { manifest } = this;
        const part = await createImageBitmap(bitmap, left, top, width, height);
        const [across, down] = [manifest.width / bitmap.width, manifest.height / bitmap.height];
        const [columns, rows] = [parts(manifest, width * across), parts(manifest, height * down)];
        const points = [];
        for (let row = 0; row <= rows; row += 1) {
            for (let column = 0; column <= columns; column += 1) {
                const [s, r] = [column / columns, row / rows];
                const place = placeOf(manifest, (left + s * width) * across - 0.5, (top + r * height) * down - 0.5);
                points.push(...place, s, r);
            }
        }
        const tile = this.net(part, points, columns, rows);
        part.close();
        return tile;
    }

    /** A picture on a net of points: x, y, z and the place in the picture of each, row by row. */
    net(picture, points, columns, rows) {
        const { gl } = this;
        const texture = gl.createTexture();
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, picture);
        for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
        const corners = [];
        for (let row = 0; row < rows; row += 1) {
            for (let column = 0; column < columns; column += 1) {
                const at = row * (columns + 1) + column;
                corners.push(at, at + 1, at + columns + 1, at + 1, at + columns + 2, at + columns + 1);
            }
        }
        const [vertices, order] = [gl.createBuffer(), gl.createBuffer()];
        gl.bindBuffer(gl.ARRAY_BUFFER, vertices);
        gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(points), gl.STATIC_DRAW);
        gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
        gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint16Array(corners), gl.STATIC_DRAW);
        return { texture, vertices, order, count: corners.length };
    }

    /** Gives back what a net holds. */
    forget({ texture, vertices, order }) {
        this.gl.deleteTexture(texture);
        this.gl.deleteBuffer(vertices);
        this.gl.deleteBuffer(order);
    }

    /** The nets to draw for what is looked at, the coarse ones first. */
    chosen() {
        return this.tiles;
    }

    /** Draws what is seen by a camera: `yaw`, `pitch` and the height of its view `field` in radians. */
    draw(pose) {
        const { canvas } = this;
        this.paint(pose, canvas.width, canvas.height);
    }

    paint(pose, width, height) {
        const { gl } = this;
        const { yaw, pitch, field, x = 0, y = 0, zoom = 1 } = pose;
        gl.viewport(0, 0, width, height);
        gl.clearColor(0.05, 0.06, 0.06, 1);
        gl.clear(gl.COLOR_BUFFER_BIT);
        const shape = width / Math.max(1, height);
        gl.uniformMatrix4fv(this.look, false, this.manifest.hasAngles ? turned(yaw, pitch, field, shape) : moved(x, y, zoom, shape));
        const [place, spot] = [gl.getAttribLocation(this.program, 'place'), gl.getAttribLocation(this.program, 'spot')];
        for (const tile of this.chosen(pose, shape, height)) {
            gl.bindTexture(gl.TEXTURE_2D, tile.texture);
            gl.bindBuffer(gl.ARRAY_BUFFER, tile.vertices);
            gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, tile.order);
            gl.enableVertexAttribArray(place);
            gl.enableVertexAttribArray(spot);
            gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 20, 0);
            gl.vertexAttribPointer(spot, 2, gl.FLOAT, false, 20, 12);
            gl.drawElements(gl.TRIANGLES, tile.count, gl.UNSIGNED_SHORT, 0);
        }
    }

    /** Waits until everything is there that a pose shows. */
    async ready() {}

    /** A square picture of what a camera sees, on a canvas of its own: straight lines stay straight. */
    async crop(pose, side = 640) {
        const { gl } = this;
        await this.ready(pose, 1, side);
        const target = gl.createFramebuffer();
        const texture = gl.createTexture();
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, side, side, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
        gl.bindFramebuffer(gl.FRAMEBUFFER, target);
        gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
        this.paint(pose, side, side);
        const bytes = new Uint8Array(side * side * 4);
        gl.readPixels(0, 0, side, side, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
        gl.bindFramebuffer(gl.FRAMEBUFFER, null);
        gl.deleteFramebuffer(target);
        gl.deleteTexture(texture);
        const canvas = document.createElement('canvas');
        canvas.width = side;
        canvas.height = side;
        const pen = canvas.getContext('2d');
        const picture = pen.createImageData(side, side);
        // WebGL's rows begin below.
        for (let row = 0; row < side; row += 1) picture.data.set(bytes.subarray((side - 1 - row) * side * 4, (side - row) * side * 4), row * side * 4);
        pen.putImageData(picture, 0, 0);
        return canvas;
    }
}

/** The picture at an address, decoded. */
export async function bitmapOf(address) {
    const image = new Image();
    image.src = address;
    await image.decode();
    return createImageBitmap(image);
}

/** Columns of the matrix that turns the world and throws it on the screen; y of the world points down. */
export function turned(yaw, pitch, field, shape) {
    const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    // Rows of the camera's axes: right, down, ahead. Pitch is upwards.
    const right = [cy, 0, -sy];
    const ahead = [sy * cp, -sp, cy * cp];
    const down = [sy * sp, cp, cy * sp];
    const f = 1 / Math.tan(field / 2);
    const [near, far] = [0.01, 10];
    const depth = [(far + near) / (far - near), -2 * far * near / (far - near)];
    const rows = [
        right.map((value) => value * f / shape), down.map((value) => -value * f),
        ahead.map((value) => value * depth[0]), ahead,
    ];
    const matrix = new Float32Array(16);
    for (let row = 0; row < 4; row += 1) for (let column = 0; column < 3; column += 1) matrix[column * 4 + row] = rows[row][column];
    matrix[14] = depth[1];
    return matrix;
}

function moved(x, y, zoom, shape) {
    const scale = 2 * zoom;
    return new Float32Array([scale / shape, 0, 0, 0, 0, -scale, 0, 0, 0, 0, 0, 0, -x * scale / shape, y * scale, 0, 1]);
}
