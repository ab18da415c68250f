#!/usr/bin/env python3
"""Real descriptors for the vector benchmarks: many crops of each photo under a folder, described and reduced by PCA.

A crop is described by a histogram of its colours (hue, saturation, brightness) and by histograms of its gradients on a
grid (HOG; Dalal, Triggs 2005), both square-rooted, then reduced to --dimensions and scaled to unit length.  Queries are
crops of photos that are not in the base.  Nothing of the photos is written but these numbers.

pip packages: numpy, pillow.
example:
  descriptors.py PHOTOS base.npy queries.npy --count 200000
"""
import argparse
import io
import os
import sys
import zipfile

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from PIL import Image

SIDE = 48          # a crop is looked at with this many pixels a side
CELLS = 6          # cells a side of the gradient grid
DIRECTIONS = 9     # bins of unsigned direction


def pictures(folder):
    """Names and bytes of all JPEG and PNG files below the folder, those inside zip files too, in a fixed order."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(root, name)
            if name.lower().endswith((".jpg", ".jpeg", ".png")):
                with open(path, "rb") as file:
                    yield path, file.read()
            elif name.endswith(".zip"):
                with zipfile.ZipFile(path) as archive:
                    for inner in sorted(archive.namelist()):
                        if inner.lower().endswith((".jpg", ".jpeg", ".png")):
                            yield path + "/" + inner, archive.read(inner)


def crops(picture, count, random):
    """The whole picture and count - 1 random boxes of 40 to 95 % of a side, some mirrored."""
    width, height = picture.size
    boxes = [(0, 0, width, height)]
    for _ in range(count - 1):
        w, h = (max(8, int(side * random.uniform(0.4, 0.95))) for side in (width, height))
        x, y = random.integers(0, max(1, width - w + 1)), random.integers(0, max(1, height - h + 1))
        boxes.append((x, y, x + w, y + h))
    out = np.empty((len(boxes), SIDE, SIDE, 3), np.uint8)
    for i, box in enumerate(boxes):
        out[i] = np.asarray(picture.resize((SIDE, SIDE), Image.BILINEAR, box=box, reducing_gap=2.0))
        if random.random() < 0.3:
            out[i] = out[i, :, ::-1]
    return out


def colours(batch):
    """A histogram of 12 hues x 3 saturations x 3 brightnesses a crop; grey pixels count in the first hue."""
    rgb = batch.astype(np.float32) / 255
    high, low = rgb.max(-1), rgb.min(-1)
    span = high - low
    safe = np.where(span > 0, span, 1)
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(high == r, (g - b) / safe % 6, np.where(high == g, (b - r) / safe + 2, (r - g) / safe + 4)) / 6
    saturation = span / np.where(high > 0, high, 1)
    cell = lambda value, bins: np.minimum((value * bins).astype(np.int64), bins - 1)
    bin_of = (cell(hue, 12) * 3 + cell(saturation, 3)) * 3 + cell(high, 3)
    return histograms(bin_of.reshape(len(batch), -1), 108)


def gradients(batch):
    """Histograms of gradient directions on CELLS x CELLS cells, weighted by strength, each cell scaled to length 1."""
    grey = batch.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    dx, dy = np.zeros_like(grey), np.zeros_like(grey)
    dx[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    dy[:, 1:-1, :] = grey[:, 2:, :] - grey[:, :-2, :]
    strength = np.hypot(dx, dy)
    direction = np.minimum((np.arctan2(dy, dx) % np.pi / np.pi * DIRECTIONS).astype(np.int64), DIRECTIONS - 1)
    rows = np.arange(SIDE) * CELLS // SIDE
    bin_of = (rows[:, None] * CELLS + rows[None, :]) * DIRECTIONS + direction
    cells = histograms(bin_of.reshape(len(batch), -1), CELLS * CELLS * DIRECTIONS, strength.reshape(len(batch), -1))
    cells = cells.reshape(len(batch), CELLS * CELLS, DIRECTIONS)
    cells = cells / (np.linalg.norm(cells, axis=2, keepdims=True) + 20)
    return cells.reshape(len(batch), -1)


def histograms(bin_of, bins, weights=None):
    """One histogram a row."""
    offset = bin_of + np.arange(len(bin_of))[:, None] * bins
    flat = None if weights is None else weights.ravel()
    return np.bincount(offset.ravel(), flat, len(bin_of) * bins).reshape(len(bin_of), bins).astype(np.float32)


def describe(batch):
    colour = np.sqrt(colours(batch) / (SIDE * SIDE))
    shape = np.sqrt(gradients(batch))
    shape /= np.linalg.norm(shape, axis=1, keepdims=True) + 1e-6
    return np.hstack([colour, shape])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", help="folder with JPEG and PNG files, or zip files of them")
    parser.add_argument("base", help="file to write: count x dimensions float32")
    parser.add_argument("queries", help="file to write: descriptors of crops of other photos")
    parser.add_argument("--count", type=int, default=200_000, help="vectors of the base [%(default)s]")
    parser.add_argument("--query-count", type=int, default=2_000, help="[%(default)s]")
    parser.add_argument("--dimensions", type=int, default=128, help="[%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="[%(default)s]")
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    files = [item for item in pictures(options.photos)]
    if not files:
        sys.exit(f"no pictures below {options.photos}")
    held_out = set(random.choice(len(files), max(1, len(files) // 20), replace=False).tolist())
    per_photo = -(-options.count // (len(files) - len(held_out)))
    per_query = -(-options.query_count // len(held_out))
    base, queries = [], []
    for number, (path, data) in enumerate(files):
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        is_query = number in held_out
        described = describe(crops(picture, per_query if is_query else per_photo, random)).astype(np.float16)
        (queries if is_query else base).append(described)
        if number % 100 == 0:
            print(f"\r{number} of {len(files)} photos", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    base = np.vstack(base)[:options.count]
    queries = np.vstack(queries)[:options.query_count]
    sample = base[random.choice(len(base), min(20_000, len(base)), replace=False)].astype(np.float32)
    mean = sample.mean(0)
    axes = np.linalg.eigh(np.cov((sample - mean).T))[1][:, ::-1][:, :options.dimensions].astype(np.float32)

    def reduce(rows):
        out = np.vstack([(rows[i:i + 10_000].astype(np.float32) - mean) @ axes for i in range(0, len(rows), 10_000)])
        return np.ascontiguousarray(out / np.linalg.norm(out, axis=1, keepdims=True), np.float32)

    np.save(options.base, reduce(base))
    np.save(options.queries, reduce(queries))


if __name__ == "__main__":
    main()
