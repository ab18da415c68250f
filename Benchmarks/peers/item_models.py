"""Figures of the default item models on pictures of goods, through their ONNX files.

  python item_models.py embed Models/item-embed-s1 DATA/grocery [DATA/clothing]
  python item_models.py floor - DATA/grocery
  python item_models.py calibrate Models/item-embed-s1 DATA/grocery
  python item_models.py detect Models/item-detect-s1 DATA/fruit

`embed` with a second folder puts its pictures (images.zip) beside the merchant's as strangers. `floor` does the same without
learning: colours of the middle (hue, saturation, value in 12 x 4 x 4 cells) and directions of gradients (5 x 5 blocks of
2 x 2 cells of 16 pixels, nine directions), 64 principal directions of the photos learnt from.

`calibrate` writes a threshold for "the same thing" and the temperature of the category head into the manifest, both from
the photos of `val`, which were not learnt from, and names of categories in the place of their numbers.

DATA/grocery holds val.csv, test.csv, train.csv (path,class_id,coarse_id) and classes.csv (class_id, coarse_id, iconic: a
merchant's picture); DATA/fruit holds boxes.json: a list `images` of path and objects with box x1,y1,x2,y2. Needs numpy, pillow and onnxruntime.
Intervals: 1,000 bootstrap resamples of whole classes (pictures of one class share shops and days).
"""
import csv
import io
import json
import sys
import zipfile

import numpy as np
import onnxruntime
from PIL import Image, ImageCms, ImageOps

SRGB = ImageCms.createProfile("sRGB")


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path + ".onnx", options), json.load(open(path + ".json"))


def opened(file):
    """A picture upright and in sRGB, as trainer and server see it: two thirds of the merchant's pictures are in Adobe RGB."""
    image = ImageOps.exif_transpose(Image.open(file))
    profile = image.info.get("icc_profile")
    if profile and image.mode == "RGB":
        image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB)
    return image.convert("RGB")


def scaled(image, manifest, size):
    steps = manifest["preprocess"]
    pixels = np.asarray(image.resize(size, Image.BOX if min(image.size) > 1.5 * min(size) else Image.BILINEAR))
    return (pixels.astype(np.float32) - np.float32(steps["mean"])) / np.float32(steps["std"])


def embed(run, manifest, files, middle=1.0):
    side = manifest["preprocess"]["size"][0]
    vectors = []
    for start in range(0, len(files), 32):
        batch = []
        for file in files[start:start + 32]:
            image = opened(file)
            width, height = image.size
            x, y = width * (1 - middle) / 2, height * (1 - middle) / 2
            batch.append(scaled(image.crop((round(x), round(y), round(width - x), round(height - y))), manifest, (side, side)))
        vectors.append(run.run(["embedding"], {"image": np.stack(batch).transpose(0, 3, 1, 2)})[0])
    return np.concatenate(vectors)


def interval(values, groups, draws=1000):
    random = np.random.default_rng(1)
    names = np.unique(groups)
    sums = np.array([values[groups == name].sum() for name in names])
    counts = np.array([(groups == name).sum() for name in names])
    chosen = random.integers(0, len(names), (draws, len(names)))
    means = sums[chosen].sum(1) / counts[chosen].sum(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.3f} [{low:.3f}, {high:.3f}]"


def table(folder, name):
    rows = list(csv.DictReader(open(f"{folder}/{name}.csv")))
    files = [f"{folder}/{row['path']}" for row in rows]
    return files, np.array([int(row["class_id"]) for row in rows]), np.array([int(row["coarse_id"]) for row in rows])


def strangers(run, manifest, folder, most=1000):
    """Vectors of pictures that are in no class: the first of a folder with images.zip."""
    with zipfile.ZipFile(f"{folder}/images.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))[:most]
        return embed(run, manifest, [io.BytesIO(archive.read(name)) for name in names])


def report(title, vectors, labels, groups, merchant, coarse_of, learnt=None, others=None):
    """Prints how photos find the merchant picture of their class, and the class of the nearest photo learnt from."""
    scores = vectors @ merchant.T
    own = scores[np.arange(len(labels)), labels]
    rank = (scores >= own[:, None]).sum(1)
    print(f"{title}: {len(labels)} queries, {len(merchant)} merchant pictures")
    figures = [("top-1", rank <= 1), ("top-5", rank <= 5), ("MRR = mAP", 1 / rank),
               ("category top-1", coarse_of[scores.argmax(1)] == groups)]
    if others is not None:
        beside = rank + (vectors @ others.T >= own[:, None]).sum(1)
        figures += [(f"top-1 beside {len(others)} strangers", beside <= 1), (f"top-5 beside {len(others)} strangers", beside <= 5)]
    if learnt is not None:
        known, fine, coarse = learnt
        nearest = (vectors @ known.T).argmax(1)
        figures += [("1-NN class", fine[nearest] == labels), ("1-NN category", coarse[nearest] == groups)]
    for name, values in figures:
        print(f"  {name} {interval(np.asarray(values, float), labels)}")


def items(path, folder, other=None):
    run, manifest = session(path)
    classes = list(csv.DictReader(open(f"{folder}/classes.csv")))
    merchant = embed(run, manifest, [f"{folder}/{row['iconic']}" for row in classes])
    coarse_of = np.array([int(row["coarse_id"]) for row in classes])
    files, fine, coarse = table(folder, "train")
    learnt = embed(run, manifest, files), fine, coarse
    others = strangers(run, manifest, other) if other else None
    for split in ["val", "test"]:
        names, labels, groups = table(folder, split)
        for middle in [1.0, 0.7]:
            vectors = embed(run, manifest, names, middle)
            report(f"{split}, middle {middle}", vectors, labels, groups, merchant, coarse_of, learnt, others)


def plain(image):
    """Colours and gradients of a picture, without learning."""
    image = image.convert("RGB").resize((96, 96), Image.BOX)
    cells = np.asarray(image.convert("HSV"))[16:80, 16:80].reshape(-1, 3) // np.array([22, 64, 64])
    colours = np.bincount((cells[:, 0] * 4 + cells[:, 1]) * 4 + cells[:, 2], minlength=192).astype(float)
    down, across = np.gradient(np.asarray(image.convert("L"), float))
    direction = np.minimum((np.arctan2(down, across) % np.pi / np.pi * 9).astype(int), 8)
    y, x = np.mgrid[0:96, 0:96] // 16
    grid = np.zeros((6, 6, 9))
    np.add.at(grid, (y, x, direction), np.hypot(across, down))
    blocks = [grid[i:i + 2, j:j + 2].ravel() for i in range(5) for j in range(5)]
    gradients = np.concatenate([block / (np.linalg.norm(block) + 1e-3) for block in blocks])
    return np.concatenate([np.sqrt(colours / colours.sum()), gradients / (np.linalg.norm(gradients) + 1e-6)])


def floor(_, folder):
    classes = list(csv.DictReader(open(f"{folder}/classes.csv")))
    coarse_of = np.array([int(row["coarse_id"]) for row in classes])
    files, fine, coarse = table(folder, "train")
    raw = np.stack([plain(opened(file)) for file in files])
    directions = np.linalg.svd(raw - raw.mean(0), full_matrices=False)[2][:64].T

    def vectors(names):
        found = (np.stack([plain(opened(name)) for name in names]) - raw.mean(0)) @ directions
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    merchant = vectors([f"{folder}/{row['iconic']}" for row in classes])
    learnt = vectors(files), fine, coarse
    for split in ["val", "test"]:
        names, labels, groups = table(folder, split)
        report(f"{split}, without learning", vectors(names), labels, groups, merchant, coarse_of, learnt)


def logits(run, manifest, files, middle):
    name = next(output.name for output in run.get_outputs() if output.name != "embedding")
    side = manifest["preprocess"]["size"][0]
    rows = []
    for file in files:
        image = opened(file)
        width, height = image.size
        x, y = width * (1 - middle) / 2, height * (1 - middle) / 2
        part = image.crop((round(x), round(y), round(width - x), round(height - y)))
        rows.append(run.run([name], {"image": scaled(part, manifest, (side, side)).transpose(2, 0, 1)[None]})[0][0])
    return np.stack(rows)


def loss(values, labels):
    values = values - values.max(1, keepdims=True)
    return float(np.mean(np.log(np.exp(values).sum(1)) - values[np.arange(len(labels)), labels]))


def calibrate(path, folder, middle=0.7, rate=0.01):
    run, manifest = session(path)
    classes = list(csv.DictReader(open(f"{folder}/classes.csv")))
    merchant = embed(run, manifest, [f"{folder}/{row['iconic']}" for row in classes])
    names, labels, coarse = table(folder, "val")
    scores = embed(run, manifest, names, middle) @ merchant.T
    same = labels[:, None] == np.arange(len(classes))[None]
    threshold = float(np.sort(scores[~same])[::-1][int(rate * (~same).sum())])
    accepted = float((scores[same] >= threshold).mean())
    values = logits(run, manifest, names, middle)
    names_of = {row["coarse_id"]: row["coarse_name"] for row in classes}
    order = [names_of.get(label, label) for label in manifest["labels"]]
    places = np.array([order.index(names_of[str(label)]) for label in coarse])
    temperature = min(np.exp(np.linspace(-2, 2, 401)), key=lambda t: loss(values / t, places))
    print(f"category: {(values.argmax(1) == places).mean():.3f} right, log loss {loss(values, places):.3f}, "
          f"{loss(values / temperature, places):.3f} at temperature {temperature:.3f}")
    print(f"same thing: threshold {threshold:.4f}, false accepts {rate}, true accepts {accepted:.3f}")
    manifest["labels"] = order
    manifest["calibration"] = {
        "threshold": round(threshold, 4), "far": rate, "tar": round(accepted, 4), "dataset": "grocery val, middle 0.7",
        "pairs": int(same.size), "temperature": round(float(temperature), 4), "date": "2026-11-21"}
    json.dump(manifest, open(path + ".json", "w"), indent=2, ensure_ascii=False)


def overlap(box, boxes):
    width = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0])
    height = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1])
    inner = np.clip(width, 0, None) * np.clip(height, 0, None)
    area = lambda b: (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return inner / (area(box) + area(boxes) - inner + 1e-9)


def anchors(manifest, side):
    decode = manifest["decode"]
    rows = []
    for stride, sizes in zip(decode["strides"], decode["minSizes"]):
        count = -(-side // stride)
        for y in range(count):
            for x in range(count):
                for size in sizes:
                    for ratio in [0.5, 1.0, 2.0]:
                        rows.append([(x + 0.5) * stride, (y + 0.5) * stride, size / ratio ** 0.5, size * ratio ** 0.5])
    return np.float32(rows)


def found(run, manifest, image, places, threshold):
    side = manifest["preprocess"]["size"][0]
    scale = side / max(image.size)
    width, height = round(image.width * scale), round(image.height * scale)
    left, top = 0, 0
    pad = manifest["preprocess"]["padValue"]
    canvas = Image.new("RGB", (side, side), (pad, pad, pad))
    canvas.paste(image.resize((width, height), Image.BILINEAR), (left, top))
    scores, codes = run.run(["scores", "boxes"], {"image": scaled(canvas, manifest, (side, side)).transpose(2, 0, 1)[None]})
    shift, growth = manifest["decode"]["variances"]
    centre = places[:, :2] + codes[0, :, :2] * shift * places[:, 2:]
    half = np.exp(codes[0, :, 2:] * growth) * places[:, 2:] / 2
    boxes = np.concatenate([centre - half, centre + half], 1)
    boxes = (boxes - [left, top, left, top]) / scale
    order = [i for i in np.argsort(-scores[0, :, 0])[:400] if scores[0, i, 0] >= threshold]
    kept = []
    for i in order:
        if all(overlap(boxes[i], boxes[[j]])[0] < manifest["decode"]["nmsIoU"] for j in kept):
            kept.append(i)
    return [(float(scores[0, i, 0]), boxes[i]) for i in kept]


def average_precision(results, count):
    results = sorted(results, key=lambda pair: -pair[0])
    hits = np.cumsum([hit for _, hit in results])
    precision = hits / np.arange(1, len(results) + 1)
    recall = hits / count
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.mean([best[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


def detections(path, folder):
    run, manifest = session(path)
    places = anchors(manifest, manifest["preprocess"]["size"][0])
    rows = json.load(open(f"{folder}/boxes.json"))["images"]
    results, count, main = [], 0, []
    for row in rows:
        image = opened(f"{folder}/{row['path']}")
        boxes = np.float32([thing["box"] for thing in row["objects"]])
        count += len(boxes)
        free = set(range(len(boxes)))
        answers = found(run, manifest, image, places, 0.01)
        largest = boxes[np.argmax((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))]
        main.append(float(bool(answers) and overlap(np.float32(answers[0][1]), largest[None])[0] >= 0.5))
        for score, box in answers:
            overlaps = overlap(box, boxes)
            best = max(free, key=lambda i: overlaps[i], default=None)
            hit = best is not None and overlaps[best] >= 0.5
            if hit:
                free.discard(best)
            results.append((score, hit))
    print(f"{len(rows)} pictures, {count} boxes: AP50 {average_precision(results, count):.3f}, "
          f"first answer is the largest box (IoU >= 0.5) {interval(np.array(main), np.arange(len(main)))}")


if __name__ == "__main__":
    {"embed": items, "floor": floor, "calibrate": calibrate, "detect": detections}[sys.argv[1]](*sys.argv[2:])
