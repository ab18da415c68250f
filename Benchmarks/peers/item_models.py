"""Figures of the default item models on pictures of goods, through their ONNX files.

  python item_models.py embed Models/item-embed-s1 DATA/grocery
  python item_models.py calibrate Models/item-embed-s1 DATA/grocery
  python item_models.py detect Models/item-detect-s1 DATA/fruit

`calibrate` writes a threshold for "the same thing" and the temperature of the category head into the manifest, both from
the photos of `val`, which were not learnt from, and names of categories in the place of their numbers.

DATA/grocery holds val.csv, test.csv, train.csv (path,class_id,coarse_id) and classes.csv (class_id, coarse_id, iconic: a
merchant's picture); DATA/fruit holds boxes.json: a list `images` of path and objects with box x1,y1,x2,y2. Needs numpy, pillow and onnxruntime.
Intervals: 1,000 bootstrap resamples of whole classes (pictures of one class share shops and days).
"""
import csv
import json
import sys

import numpy as np
import onnxruntime
from PIL import Image


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path + ".onnx", options), json.load(open(path + ".json"))


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
            image = Image.open(file).convert("RGB")
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


def items(path, folder):
    run, manifest = session(path)
    classes = list(csv.DictReader(open(f"{folder}/classes.csv")))
    merchant = embed(run, manifest, [f"{folder}/{row['iconic']}" for row in classes])
    coarse_of = np.array([int(row["coarse_id"]) for row in classes])
    files, fine, coarse = table(folder, "train")
    train = embed(run, manifest, files)
    for split in ["val", "test"]:
        names, labels, groups = table(folder, split)
        for middle in [1.0, 0.7]:
            vectors = embed(run, manifest, names, middle)
            scores = vectors @ merchant.T
            order = np.argsort(-scores, axis=1)
            print(f"{split}, middle {middle}: user photo -> {len(classes)} merchant pictures, {len(names)} queries")
            for k in [1, 5]:
                hit = (order[:, :k] == labels[:, None]).any(1).astype(float)
                print(f"  top-{k} {interval(hit, labels)}")
            hit = (coarse_of[order[:, :1]] == groups[:, None]).any(1).astype(float)
            print(f"  coarse top-1 {interval(hit, labels)}")
            nearest = (vectors @ train.T).argmax(1)
            print(f"  1-NN among train photos: fine {interval((fine[nearest] == labels).astype(float), labels)}, "
                  f"coarse {interval((coarse[nearest] == groups).astype(float), labels)}")


def logits(run, manifest, files, middle):
    name = next(output.name for output in run.get_outputs() if output.name != "embedding")
    side = manifest["preprocess"]["size"][0]
    rows = []
    for file in files:
        image = Image.open(file).convert("RGB")
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
        image = Image.open(f"{folder}/{row['path']}").convert("RGB")
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
    {"embed": items, "calibrate": calibrate, "detect": detections}[sys.argv[1]](sys.argv[2], sys.argv[3])
