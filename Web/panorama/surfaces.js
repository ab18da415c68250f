// Where the pixels of a panorama lie: directions (x to the right, y down, z ahead) of the points of its surface.

/** Surfaces that can be looked around on; others are pictures to be moved about. */
export const round = ['plane', 'cylinder', 'sphere', 'mercator', 'panini'];

/** The direction of a point of a surface, in units of the focal length. */
export function direction(surface, u, v) {
    switch (surface) {
    case 'plane': return [u, v, 1];
    case 'cylinder': return [Math.sin(u), v, Math.cos(u)];
    case 'sphere': return [Math.sin(u) * Math.cos(v), Math.sin(v), Math.cos(u) * Math.cos(v)];
    case 'mercator': return [Math.sin(u), Math.sinh(v), Math.cos(u)];
    case 'panini': {
        // General Panini (Sharpless, Postle and German 2010) with d = 1.
        const k = u * u / 4;
        const cosine = (1 - k) / (1 + k);
        return [Math.sign(u) * Math.sqrt(Math.max(0, 1 - cosine * cosine)), v * (1 + cosine) / 2, cosine];
    }
    default: return [u, v, 1];
    }
}

/** The direction of a pixel of the picture that `manifest` describes, of length 1. */
export function pixelDirection(manifest, column, row) {
    const [x, y, z] = direction(manifest.surface, manifest.left + column / manifest.scale, manifest.top + row / manifest.scale);
    const length = Math.hypot(x, y, z) || 1;
    return [x / length, y / length, z / length];
}

/** How far one may look: yaw and pitch of the borders in radians; yaw without bounds where the picture closes. */
export function bounds(manifest) {
    const { width, height } = manifest;
    const middle = (height - 1) / 2;
    const yaw = (column) => {
        const [x, , z] = pixelDirection(manifest, column, middle);
        return Math.atan2(x, z);
    };
    const pitch = (row) => Math.asin(Math.max(-1, Math.min(1, -pixelDirection(manifest, (width - 1) / 2, row)[1])));
    const across = manifest.surface === 'plane' || manifest.surface === 'panini'
        ? [yaw(0), yaw(width - 1)] : [manifest.left, manifest.left + (width - 1) / manifest.scale];
    return { closed: manifest.closed, left: across[0], right: across[1], top: pitch(0), bottom: pitch(height - 1) };
}
