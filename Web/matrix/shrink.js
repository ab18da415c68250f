// Pictures are made small before they leave the phone: longest side 2048 pixels, drawn anew, which also drops EXIF
// (place and device of a photo are nobody's business). Small pictures with transparency stay PNG.

const longestSide = 2048;
const pngLimit = 1_000_000;
const animationLimit = 8_000_000;

/** Largest size within `limit` that keeps the proportions; never larger than the original. */
export function fit(width, height, limit = longestSide) {
    const scale = Math.min(1, limit / Math.max(width, height, 1));
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function encode(canvas, type, quality) {
    return new Promise((resolve, reject) => {
        const done = (blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be encoded.')));
        canvas.toBlob(done, type, quality);
    });
}

function draw(bitmap, size, background) {
    const canvas = document.createElement('canvas');
    canvas.width = size.width;
    canvas.height = size.height;
    const pen = canvas.getContext('2d');
    if (background) {
        pen.fillStyle = background;
        pen.fillRect(0, 0, size.width, size.height);
    }
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(bitmap, 0, 0, size.width, size.height);
    return canvas;
}

function named(name, type) {
    const stem = (name || 'picture').replace(/\.[^.]*$/, '').slice(0, 80) || 'picture';
    return `${stem}.${{ 'image/png': 'png', 'image/gif': 'gif' }[type] ?? 'jpg'}`;
}

/**
 * Makes a picture ready to send: `{blob, width, height, type, name}`. Throws when the browser cannot read the file
 * as a picture.
 */
export async function shrinkPicture(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    try {
        const original = { width: bitmap.width, height: bitmap.height };
        if (file.type === 'image/gif' && file.size <= animationLimit) {
            return { blob: file, ...original, type: 'image/gif', name: named(file.name, 'image/gif') };
        }
        const size = fit(bitmap.width, bitmap.height);
        if (file.type === 'image/png' && file.size <= pngLimit * 2) {
            const blob = await encode(draw(bitmap, size, null), 'image/png');
            if (blob.size <= pngLimit) return { blob, ...size, type: 'image/png', name: named(file.name, 'image/png') };
        }
        const blob = await encode(draw(bitmap, size, '#fff'), 'image/jpeg', 0.86);
        return { blob, ...size, type: 'image/jpeg', name: named(file.name, 'image/jpeg') };
    } finally {
        bitmap.close();
    }
}
