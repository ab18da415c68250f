#!/usr/bin/env python3
"""The loop of few boxes, training and labelling (`vitrine labels train`), on pictures that are drawn here.

Draws pictures of one to three things (discs, bars, rings and crosses in any colour, on a cluttered ground); of some the boxes
are given, the others are items of a catalogue that nobody has looked at.  Then it runs rounds: boxes out, a small detector
trained, its boxes in, and prints what each round had on the boxes that are held out.

  .venv/bin/python Benchmarks/label_rounds.py --vitrine .build/release/vitrine --to rounds [--boxes 60] [--rest 240]
"""

import argparse
import json
import pathlib
import random
import subprocess

from PIL import Image, ImageDraw, ImageFilter

SIDE = 128

DETECTOR = {
    "name": "boxes", "seed": 3, "threads": 1, "epochs": 24, "batch": {"sampler": "shuffle", "size": 8},
    "model": {"kind": "detector", "oneClass": True, "backbone": "resnet-s", "width": 0.25, "pyramid": 32, "depth": 2,
              "input": SIDE},
    "sources": [
        {"name": "training", "reader": "coco", "root": "training", "file": "labels.json", "split": "train"},
        {"name": "held-out", "reader": "coco", "root": "held-out", "file": "labels.json", "split": "validation"}],
    "split": {"near": False}, "augment": ["colour"], "optimizer": {"lr": 0.004}, "schedule": {"type": "oneCycle"},
    "evaluate": {"every": 6},
}


def colour(chance):
    return tuple(chance.randrange(256) for _ in range(3))


def thing(pen, box, chance):
    left, top, right, bottom = box
    kind, shade = chance.choice(["disc", "bar", "ring", "cross"]), colour(chance)
    if kind == "disc":
        pen.ellipse(box, fill=shade)
    elif kind == "bar":
        pen.rectangle(box, fill=shade)
    elif kind == "ring":
        pen.ellipse(box, outline=shade, width=max(3, (right - left) // 5))
    else:
        third, down = (right - left) // 3, (bottom - top) // 3
        pen.rectangle((left + third, top, right - third, bottom), fill=shade)
        pen.rectangle((left, top + down, right, bottom - down), fill=shade)


def picture(chance):
    """A picture and its boxes as left, top, width and height."""
    ground = Image.new("RGB", (SIDE, SIDE), colour(chance))
    pen = ImageDraw.Draw(ground)
    for _ in range(14):
        x, y = chance.randrange(SIDE), chance.randrange(SIDE)
        pen.line((x, y, x + chance.randint(-40, 40), y + chance.randint(-40, 40)), fill=colour(chance), width=2)
    ground = ground.filter(ImageFilter.GaussianBlur(1.5))
    pen, boxes = ImageDraw.Draw(ground), []
    for _ in range(chance.randint(1, 3)):
        for _ in range(20):
            width, height = chance.randint(20, 40), chance.randint(20, 40)
            left, top = chance.randrange(SIDE - width), chance.randrange(SIDE - height)
            apart = all(left > x + w or x > left + width or top > y + h or y > top + height for x, y, w, h in boxes)
            if apart:
                thing(pen, (left, top, left + width - 1, top + height - 1), chance)
                boxes.append((left, top, width, height))
                break
    noise = Image.effect_noise((SIDE, SIDE), 24).convert("RGB")
    return Image.blend(ground, noise, 0.12), boxes


def draw(folder, given, rest):
    chance = random.Random(52)
    images, annotations = [], []
    (folder / "drawn").mkdir(parents=True)
    for number in range(given + rest):
        made, boxes = picture(chance)
        if number >= given:
            place = folder / "goods" / f"thing-{number}"
            place.mkdir(parents=True)
            made.save(place / f"{number}.png")
            continue
        made.save(folder / "drawn" / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "width": SIDE, "height": SIDE})
        for box in boxes:
            annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": 1, "bbox": list(box)})
    labels = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "thing"}]}
    (folder / "drawn" / "labels.json").write_text(json.dumps(labels))
    (folder / "detector.json").write_text(json.dumps(DETECTOR))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vitrine", default=".build/release/vitrine")
    parser.add_argument("--to", required=True, help="a folder that is not there yet")
    parser.add_argument("--boxes", type=int, default=60, help="pictures whose boxes are given")
    parser.add_argument("--rest", type=int, default=240, help="pictures that nobody has looked at")
    parser.add_argument("--rounds", type=int, default=3)
    choice = parser.parse_args()
    folder = pathlib.Path(choice.to).resolve()
    program = str(pathlib.Path(choice.vitrine).resolve())
    draw(folder, choice.boxes, choice.rest)

    def vitrine(*order):
        shop = ["--data", str(folder / "data"), "--catalogue", "shop"]
        done = subprocess.run([program, *order, *shop], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(order)}: {done.stdout}{done.stderr}")
        return done.stdout

    print(vitrine("labels", "import", "drawn").strip())
    print(vitrine("catalogue", "import", "goods").strip())
    for _ in range(choice.rounds):
        lines = vitrine("labels", "train", "rounds", "--fit", "detector.json").splitlines()
        print("\n".join(line for line in lines if line.lower().startswith(("round", "boxes accepted", "ap50"))))
    print(vitrine("labels", "rounds").strip())


if __name__ == "__main__":
    main()
