#!/usr/bin/env python3
"""Boxes of public object finders that need no weights, for `vitrine eval detect --found NAME=TABLE`.

  item_boxes.py DATA/fruit fruit.csv --out FOLDER [--limit N]

reads the pictures that the table of true boxes names (column `path`, below DATA/fruit) and writes one table for each finder
of OpenCV with its contrib modules, with the columns path, left, top, right, bottom, score:

  selective-search  Uijlings et al. 2013, fast mode, the first 200 regions in its order
  spectral          saliency by the spectral residual (Hou, Zhang 2007), regions over Otsu's threshold
  fine-grained      saliency by centre and surround (Montabone, Soto 2010), regions over Otsu's threshold
  contours          closed outlines of Canny's edges, the larger the surer

and prints what a picture costs each in processor time, decoding included, on one thread. Nothing here has seen a picture
before: these finders learnt nothing. They name no category, so only boxes can be compared.
"""
import argparse
import csv
import pathlib
import time

import cv2
import numpy as np

SIDE = 320


def regions(mask, weight=None):
    """Boxes around connected regions of a mask; the surer the more of `weight` (or of the picture) they hold."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for number in range(1, count):
        x, y, width, height, area = stats[number]
        if area < 0.002 * mask.size:
            continue
        score = area / mask.size if weight is None else float(weight[labels == number].sum() / max(weight.sum(), 1e-9))
        found.append((x, y, x + width, y + height, score))
    return found


def salient(finder):
    def find(image):
        done, saliency = finder.computeSaliency(image)
        if not done:
            return []
        levels = saliency if saliency.dtype == np.uint8 else (saliency * 255).clip(0, 255).astype(np.uint8)
        _, mask = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        return regions(mask, levels.astype(np.float32))
    return find


def selective(image):
    search = cv2.ximgproc.segmentation.createSelectiveSearchSegmentation()
    search.setBaseImage(image)
    search.switchToSelectiveSearchFast()
    boxes = search.process()[:200]
    return [(x, y, x + width, y + height, 1 - place / 200) for place, (x, y, width, height) in enumerate(boxes)]


def contours(image):
    edges = cv2.Canny(cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (5, 5), 0), 50, 150)
    closed = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if width * height >= 0.002 * image.shape[0] * image.shape[1]:
            found.append((x, y, x + width, y + height, width * height / (image.shape[0] * image.shape[1])))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with open(options.table, newline="") as file:
        paths = list(dict.fromkeys(row["path"] for row in csv.DictReader(file)))[:options.limit]
    options.out.mkdir(parents=True, exist_ok=True)
    finders = {
        "selective-search": selective,
        "spectral": salient(cv2.saliency.StaticSaliencySpectralResidual_create()),
        "fine-grained": salient(cv2.saliency.StaticSaliencyFineGrained_create()),
        "contours": contours,
    }
    for name, find in finders.items():
        spent = 0.0
        with open(options.out / f"{name}.csv", "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["path", "left", "top", "right", "bottom", "score"])
            for path in paths:
                start = time.process_time()
                image = cv2.imread(str(options.folder / path))
                scale = min(1.0, SIDE / max(image.shape[:2]))
                small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
                boxes = find(small)
                spent += time.process_time() - start
                for left, top, right, bottom, score in boxes:
                    table.writerow([path] + [round(edge / scale, 2) for edge in (left, top, right, bottom)] + [f"{score:.6f}"])
        print(f"{name}: {1000 * spent / max(1, len(paths)):.1f} ms of processor time a picture")


if __name__ == "__main__":
    main()
