#!/usr/bin/env python3
"""Our item model beside OpenCV on the same photos: user photo to merchant picture, in one run.

  item_peers.py Models/item-embed-s1 DATA/grocery [--split test] [--limit N] [--json out.json]

Every method sees the same photos (the middle 70 %, as our model is served) and the same merchant pictures:

  ours       the model's vectors through ONNX Runtime, cosine
  colour+HOG histogram of hue, saturation and value and directions of gradients (`plain` of item_models.py), 64 principal
             directions of the photos of `train`, cosine
  SIFT words RootSIFT (Arandjelovic, Zisserman 2012), --words visual words from photos of `train`, tf-idf, cosine
  verified   the first 20 of SIFT words, ordered by matches that one affine map explains (ratio test 0.8, RANSAC)
  ORB        matches of ORB with every merchant picture that one affine map explains; ties by the number of matches

Our model has learnt from the photos of `train`, the peers take their directions and words from them; nothing has seen a
merchant picture. DATA/grocery is as in item_models.py. Needs numpy, pillow, onnxruntime and opencv. Intervals: 1,000
bootstrap resamples of whole classes; the last column is paired, photo by photo. CPU ms: processor time a photo, one
thread, decoding included.
"""
import argparse
import csv
import json
import time

import cv2
import numpy as np
from PIL import Image

import item_models


def middle(file, share=0.7):
    image = cv2.imread(file)
    height, width = image.shape[:2]
    x, y = round(width * (1 - share) / 2), round(height * (1 - share) / 2)
    return image[y:height - y, x:width - x]


def whole(file):
    """A merchant's picture in sRGB: OpenCV passes over colour profiles."""
    return cv2.cvtColor(np.asarray(item_models.opened(file)), cv2.COLOR_RGB2BGR)


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


class ColourAndEdges:
    """Colours and directions of edges, as item_models.py computes them."""

    def __init__(self, learnt):
        raw = np.stack([self.raw(middle(file)) for file in learnt])
        self.mean = raw.mean(0)
        self.directions = np.linalg.svd(raw - self.mean, full_matrices=False)[2][:64].T

    def raw(self, image):
        return item_models.plain(Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)))

    def vectors(self, images):
        return unit((np.stack([self.raw(image) for image in images]) - self.mean) @ self.directions)


class SiftWords:
    """A bag of visual words, and matches of single points."""

    def __init__(self, learnt, words, most=250):
        self.sift = cv2.SIFT_create(nfeatures=most)
        found = [self.points(middle(file))[1] for file in learnt]
        stack = np.concatenate([d for d in found if d is not None])
        random = np.random.default_rng(1)
        sample = stack[random.choice(len(stack), min(len(stack), 100 * words), replace=False)]
        criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1e-3)
        cv2.setRNGSeed(1)
        self.centres = cv2.kmeans(sample, words, None, criteria, 1, cv2.KMEANS_PP_CENTERS)[2]
        counts = np.stack([self.counts(d) for d in found])
        self.idf = np.log(len(counts) / (1 + (counts > 0).sum(0)))

    def points(self, image):
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        scale = 256 / max(grey.shape)
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        keys, found = self.sift.detectAndCompute(grey, None)
        if found is None:
            return [], None
        found = np.sqrt(found / np.maximum(found.sum(1, keepdims=True), 1e-9)).astype(np.float32)
        return [key.pt for key in keys], found

    def counts(self, found):
        if found is None:
            return np.zeros(len(self.centres))
        far = (self.centres**2).sum(1) - 2 * found @ self.centres.T
        return np.bincount(far.argmin(1), minlength=len(self.centres)).astype(float)

    def vector(self, found):
        counts = self.counts(found)
        return np.sqrt(counts / max(counts.sum(), 1)) * self.idf


def explained(query, other, norm):
    """How many matches one affine map explains, and how many there are."""
    (points, found), (others, known) = query, other
    if found is None or known is None or len(found) < 2 or len(known) < 2:
        return 0, 0
    pairs = cv2.BFMatcher(norm).knnMatch(found, known, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < 0.8 * p[1].distance]
    if len(good) < 4:
        return 0, len(good)
    cv2.setRNGSeed(1)
    ours = np.float32([points[m.queryIdx] for m in good])
    theirs = np.float32([others[m.trainIdx] for m in good])
    mask = cv2.estimateAffinePartial2D(ours, theirs, method=cv2.RANSAC, ransacReprojThreshold=6)[1]
    return (0 if mask is None else int(mask.sum())), len(good)


def orb_points(orb, image):
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = 256 / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    keys, found = orb.detectAndCompute(grey, None)
    return [key.pt for key in keys], found


def ranks(scores, labels):
    own = scores[np.arange(len(labels)), labels]
    return (scores >= own[:, None]).sum(1)


def timed(body, count):
    before = time.process_time()
    value = body()
    return value, (time.process_time() - before) * 1000 / max(count, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--split", default="test")
    parser.add_argument("--limit", type=int, help="every so many photos that about this number is left")
    parser.add_argument("--words", type=int, default=256)
    parser.add_argument("--json")
    options = parser.parse_args()
    cv2.setNumThreads(1)

    run, manifest = item_models.session(options.model)
    classes = list(csv.DictReader(open(f"{options.data}/classes.csv")))
    merchant = [f"{options.data}/{row['iconic']}" for row in classes]
    files, labels, _ = item_models.table(options.data, options.split)
    learnt = item_models.table(options.data, "train")[0]
    if options.limit and options.limit < len(files):
        keep = np.linspace(0, len(files) - 1, options.limit).round().astype(int)
        files, labels = [files[i] for i in keep], labels[keep]
    shop = [whole(file) for file in merchant]
    found = {}

    goods = item_models.embed(run, manifest, merchant)
    vectors, cost = timed(lambda: item_models.embed(run, manifest, files, 0.7), len(files))
    found["ours"] = ranks(vectors @ goods.T, labels), cost

    edges = ColourAndEdges(learnt)
    vectors, cost = timed(lambda: edges.vectors(middle(file) for file in files), len(files))
    found["colour+HOG"] = ranks(vectors @ edges.vectors(shop).T, labels), cost

    words = SiftWords(learnt, options.words)
    known = [words.points(image) for image in shop]
    bags = unit(np.stack([words.vector(d) for _, d in known]))
    queries, cost = timed(lambda: [words.points(middle(file)) for file in files], len(files))
    scores, more = timed(lambda: unit(np.stack([words.vector(d) for _, d in queries])) @ bags.T, len(files))
    found["SIFT words"] = ranks(scores, labels), cost + more

    def verified():
        rows = scores.copy()
        for row, query in zip(rows, queries):
            for at in np.argsort(-row)[:20]:
                row[at] += 1 + explained(query, known[at], cv2.NORM_L2)[0]
        return rows

    rows, again = timed(verified, len(files))
    found["verified"] = ranks(rows, labels), cost + more + again

    orb = cv2.ORB_create(nfeatures=250)
    plain = [orb_points(orb, image) for image in shop]

    def matched():
        table = np.zeros((len(files), len(shop)))
        for row, file in zip(table, files):
            query = orb_points(orb, middle(file))
            for at, other in enumerate(plain):
                inliers, pairs = explained(query, other, cv2.NORM_HAMMING)
                row[at] = inliers + pairs / 1000
        return table

    table, cost = timed(matched, len(files))
    found["ORB"] = ranks(table, labels), cost
    show(found, labels, len(shop), options)


def show(found, labels, count, options):
    print(f"{options.split}: {len(labels)} photos, {count} merchant pictures, OpenCV {cv2.__version__}")
    print("| Method | top-1 | top-5 | MRR | top-1 less ours | CPU ms |\n|---|---|---|---|---|---|")
    first, figures = found["ours"][0], {}
    for name, (rank, cost) in found.items():
        def figure(values):
            return item_models.interval(np.asarray(values, float), labels)

        less = "-" if name == "ours" else figure((rank <= 1).astype(float) - (first <= 1))
        figures[name] = {
            "top1": figure(rank <= 1), "top5": figure(rank <= 5), "mrr": figure(1 / rank), "less": less, "ms": cost}
        print(f"| {name} | {figures[name]['top1']} | {figures[name]['top5']} | {figures[name]['mrr']} | {less} | {cost:.1f} |")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"photos": len(labels), "figures": figures}, file, indent=1)


if __name__ == "__main__":
    main()
