// Pictures on their way to a scan: drawn anew with 1,024 pixels on the longest side, upright and without EXIF, as JPEG.
// A photo of 12 megapixels leaves the phone with a few hundred kilobytes.

import { fit } from '../matrix/shrink.js';

const longestSide = 1024;
const quality = 0.85;
const measuredSide = 512;

function canvasOf(source, size) {
    const canvas = document.createElement('canvas');
    canvas.width = size.width;
    canvas.height = size.height;
    const pen = canvas.getContext('2d', { willReadFrequently: size.width <= measuredSide });
    // What is clear becomes white, as the server would make it.
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, size.width, size.height);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(source, 0, 0, size.width, size.height);
    return canvas;
}

function sizeOf(source) {
    return { width: source.videoWidth ?? source.width, height: source.videoHeight ?? source.height };
}

/** Brightness 0 to 255, and the variance of the 3 x 3 Laplacian, which is low for what is blurred. */
export function measured(source) {
    const size = fit(sizeOf(source).width, sizeOf(source).height, measuredSide);
    const { width, height } = size;
    const { data } = canvasOf(source, size).getContext('2d').getImageData(0, 0, width, height);
    const grey = new Float32Array(width * height);
    let sum = 0;
    for (let at = 0; at < grey.length; at += 1) {
        grey[at] = (77 * data[4 * at] + 150 * data[4 * at + 1] + 29 * data[4 * at + 2]) / 256;
        sum += grey[at];
    }
    let total = 0;
    let squares = 0;
    for (let y = 1; y < height - 1; y += 1) {
        for (let x = 1; x < width - 1; x += 1) {
            const at = y * width + x;
            const edge = 4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - width] - grey[at + width];
            total += edge;
            squares += edge * edge;
        }
    }
    const count = Math.max(1, (width - 2) * (height - 2));
    return { brightness: sum / Math.max(1, grey.length), sharpness: squares / count - (total / count) ** 2 };
}

/** A JPEG of `source` (a bitmap, canvas or video): `{blob, width, height, brightness, sharpness}`. */
export async function encoded(source, measures = measured(source)) {
    const { width, height } = sizeOf(source);
    const size = fit(width, height, longestSide);
    const canvas = canvasOf(source, size);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/jpeg', quality); });
    if (!blob) throw new Error('The picture could not be encoded.');
    return { blob, ...size, ...measures };
}

/** The same of a file. Throws when the browser cannot read it as a picture. */
export async function photoOf(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    try {
        return await encoded(bitmap);
    } finally {
        bitmap.close();
    }
}

/** What a person should know before a search: `dark`, `blurred`, or null. */
export function complaintOf({ brightness, sharpness }) {
    if (brightness < 28) return 'dark';
    return sharpness < 30 ? 'blurred' : null;
}
