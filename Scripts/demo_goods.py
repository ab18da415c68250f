"""Goods of the demo shop, drawn: pictures, a table to import, and photographs of some of them to try a search with.

Everything comes from the lists below and a seed, so that every run draws the same pictures. Needs only Python 3.
"""
import csv
import io
import math
import random
import struct
import zlib

SIDE = 420
SHOP = "The Corner Shop"
OTHER_SHOP = "Harbour Market"

RED, BLUE, GREEN, GOLD = (190, 46, 44), (52, 104, 186), (44, 122, 86), (222, 166, 48)
INK, CREAM, ROSE, PLUM = (38, 44, 58), (244, 234, 210), (226, 128, 148), (108, 62, 128)
TEAL, BROWN, GREY, WHITE = (32, 140, 150), (128, 82, 50), (128, 136, 144), (252, 252, 250)

# Kind, category, lowest price in cents, and a colour, second colour, pattern and name for each item.
GOODS = [
    ("mug", "other", 900, [(BLUE, WHITE, "plain", "Blue cup"), (RED, CREAM, "bands", "Cup with red bands"),
                           (GOLD, INK, "dots", "Cup with dark dots")]),
    ("shirt", "clothing", 1900, [(RED, WHITE, "plain", "Red T-shirt"), (BLUE, WHITE, "bands", "Sailor's T-shirt"),
                                 (GREEN, GOLD, "dots", "Green T-shirt with dots")]),
    ("bag", "bags", 4900, [(BROWN, GOLD, "plain", "Brown leather bag"), (TEAL, CREAM, "stripes", "Striped beach bag"),
                           (PLUM, ROSE, "dots", "Plum bag with dots")]),
    ("boot", "shoes", 7900, [(BROWN, INK, "plain", "Brown boot"), (GOLD, INK, "plain", "Yellow rain boot"),
                             (INK, RED, "bands", "Black boot with red bands")]),
    ("lamp", "furniture", 5900, [(GOLD, BROWN, "plain", "Brass desk lamp"), (GREEN, INK, "plain", "Green reading lamp"),
                                 (ROSE, GREY, "stripes", "Rose lamp with stripes")]),
    ("chair", "furniture", 8900, [(BROWN, CREAM, "plain", "Walnut chair"), (RED, INK, "plain", "Red kitchen chair"),
                                  (TEAL, WHITE, "stripes", "Striped garden chair")]),
    ("ball", "toys", 1200, [(RED, WHITE, "stripes", "Beach ball"), (BLUE, GOLD, "dots", "Blue ball with stars"),
                            (GREEN, WHITE, "bands", "Green ball")]),
    ("robot", "toys", 2900, [(GREY, RED, "plain", "Tin robot"), (TEAL, GOLD, "plain", "Teal robot"),
                             (ROSE, PLUM, "dots", "Dotty robot")]),
    ("book", "books", 1600, [(RED, GOLD, "plain", "The Red Book"), (INK, CREAM, "bands", "Nights at Sea"),
                             (GREEN, WHITE, "dots", "A Garden in May")]),
    ("bottle", "cosmetics", 2400, [(ROSE, GOLD, "plain", "Rose water"), (TEAL, WHITE, "bands", "Sea soap"),
                                   (PLUM, CREAM, "plain", "Lavender oil")]),
    ("kettle", "appliances", 4400, [(GREY, INK, "plain", "Steel kettle"), (RED, INK, "plain", "Red kettle"),
                                    (CREAM, BROWN, "bands", "Cream kettle")]),
    ("ring", "jewellery", 12900, [(GOLD, RED, "plain", "Ring with a red stone"), (GREY, BLUE, "plain", "Silver ring, blue stone"),
                                  (GOLD, GREEN, "plain", "Ring with a green stone")]),
]
TWICE = {"mug-1", "bag-1", "ball-1", "kettle-2"}


class Canvas:
    """Rows of pixels that polygons are filled in."""

    def __init__(self, ground, below):
        self.rows = [bytearray(bytes(ground if y < SIDE * 0.72 else below) * SIDE) for y in range(SIDE)]
        self.move = (1.0, 0.0, 0.0, 0.0)

    def place(self, x, y):
        scale, turn, right, down = self.move
        x, y = (x - .5) * scale, (y - .5) * scale
        return ((x * math.cos(turn) - y * math.sin(turn) + .5 + right) * SIDE,
                (x * math.sin(turn) + y * math.cos(turn) + .5 + down) * SIDE)

    def polygon(self, points, paint):
        corners = [self.place(*point) for point in points]
        edges = list(zip(corners, corners[1:] + corners[:1]))
        top = max(0, int(min(y for _, y in corners)))
        bottom = min(SIDE - 1, int(max(y for _, y in corners)) + 1)
        for row in range(top, bottom + 1):
            y = row + .5
            cuts = sorted(x0 + (y - y0) * (x1 - x0) / (y1 - y0)
                          for (x0, y0), (x1, y1) in edges if (y0 <= y) != (y1 <= y))
            for start, end in zip(cuts[::2], cuts[1::2]):
                left, right = max(0, round(start)), min(SIDE, round(end))
                if right > left:
                    self.rows[row][left * 3:right * 3] = paint(row)[left * 3:right * 3]

    def ellipse(self, x, y, wide, high, paint):
        turns = [2 * math.pi * step / 56 for step in range(56)]
        self.polygon([(x + wide * math.cos(turn), y + high * math.sin(turn)) for turn in turns], paint)

    def box(self, x, y, wide, high, paint):
        self.polygon([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], paint)

    def png(self):
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
        body = zlib.compress(b"".join(b"\0" + bytes(row) for row in self.rows), 6)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def solid(colour):
    row = bytes(colour) * SIDE
    return lambda _: row


def shaded(colour, by):
    return tuple(max(0, min(255, value + by)) for value in colour)


def pattern(kind, colour, second):
    """What a surface is painted with: a function from a row to the pixels of the whole row."""
    one, two = bytes(colour) * SIDE, bytes(second) * SIDE
    if kind == "bands":
        return lambda y: two if y // 24 % 3 == 0 else one
    if kind == "stripes":
        row = b"".join(bytes(second if x // 22 % 2 else colour) for x in range(SIDE))
        return lambda _: row
    if kind == "dots":
        rows = [b"".join(bytes(second if (x % 44 - 22) ** 2 + (y - 22) ** 2 < 90 else colour) for x in range(SIDE))
                for y in range(44)]
        return lambda y: rows[y % 44]
    return lambda _: one


def mug(c, paint, dark, second):
    c.ellipse(.72, .52, .15, .17, dark)
    c.ellipse(.72, .52, .09, .11, c.ground)
    c.box(.26, .3, .42, .46, paint)
    c.ellipse(.47, .76, .21, .05, paint)
    c.ellipse(.47, .3, .21, .05, dark)


def shirt(c, paint, dark, second):
    c.polygon([(.3, .2), (.12, .36), (.2, .5), (.3, .43), (.3, .84), (.7, .84), (.7, .43), (.8, .5), (.88, .36), (.7, .2)], paint)
    c.ellipse(.5, .2, .11, .07, dark)


def bag(c, paint, dark, second):
    c.ellipse(.5, .36, .2, .22, dark)
    c.ellipse(.5, .36, .15, .17, c.ground)
    c.polygon([(.2, .36), (.8, .36), (.86, .84), (.14, .84)], paint)
    c.box(.45, .42, .1, .08, second)


def boot(c, paint, dark, second):
    c.polygon([(.3, .14), (.56, .14), (.58, .54), (.84, .64), (.88, .78), (.28, .78)], paint)
    c.polygon([(.26, .76), (.9, .76), (.9, .84), (.26, .84)], second)
    c.box(.28, .14, .3, .06, dark)


def lamp(c, paint, dark, second):
    c.box(.47, .4, .06, .42, second)
    c.ellipse(.5, .83, .2, .045, second)
    c.polygon([(.36, .14), (.64, .14), (.8, .46), (.2, .46)], paint)
    c.ellipse(.5, .46, .3, .035, dark)


def chair(c, paint, dark, second):
    c.box(.26, .12, .07, .72, dark)
    c.box(.26, .14, .4, .32, paint)
    c.polygon([(.26, .5), (.72, .5), (.8, .6), (.26, .6)], paint)
    c.box(.7, .58, .07, .28, dark)
    c.box(.44, .58, .06, .24, dark)


def ball(c, paint, dark, second):
    c.ellipse(.5, .52, .33, .33, dark)
    c.ellipse(.49, .51, .315, .315, paint)
    c.ellipse(.39, .39, .06, .045, solid(WHITE))


def robot(c, paint, dark, second):
    c.box(.34, .14, .32, .22, paint)
    c.box(.48, .06, .04, .08, dark)
    c.box(.28, .4, .44, .3, paint)
    c.box(.17, .42, .08, .24, dark)
    c.box(.75, .42, .08, .24, dark)
    c.box(.33, .72, .12, .14, dark)
    c.box(.55, .72, .12, .14, dark)
    for x in (.42, .58):
        c.ellipse(x, .24, .045, .045, second)
    c.box(.4, .5, .2, .08, second)


def book(c, paint, dark, second):
    c.polygon([(.24, .16), (.7, .12), (.78, .2), (.78, .86), (.32, .9), (.24, .82)], solid(WHITE))
    c.polygon([(.24, .16), (.7, .12), (.7, .8), (.24, .84)], paint)
    c.polygon([(.24, .16), (.3, .155), (.3, .835), (.24, .84)], dark)
    c.polygon([(.37, .28), (.63, .26), (.63, .38), (.37, .4)], second)


def bottle(c, paint, dark, second):
    c.box(.43, .08, .14, .12, second)
    c.polygon([(.44, .2), (.56, .2), (.68, .36), (.68, .86), (.32, .86), (.32, .36)], paint)
    c.box(.36, .5, .28, .2, solid(CREAM))


def kettle(c, paint, dark, second):
    c.ellipse(.5, .3, .22, .2, second)
    c.ellipse(.5, .3, .16, .15, c.ground)
    c.polygon([(.7, .46), (.92, .32), (.95, .38), (.74, .64)], dark)
    c.polygon([(.34, .34), (.66, .34), (.8, .8), (.2, .8)], paint)
    c.ellipse(.5, .34, .17, .05, dark)
    c.ellipse(.5, .27, .035, .035, second)


def ring(c, paint, dark, second):
    c.ellipse(.5, .6, .27, .27, dark)
    c.ellipse(.5, .59, .26, .26, paint)
    c.ellipse(.5, .6, .19, .19, c.ground)
    c.polygon([(.4, .2), (.6, .2), (.68, .3), (.5, .46), (.32, .3)], second)
    c.polygon([(.4, .2), (.6, .2), (.55, .3), (.45, .3)], solid(WHITE))


def draw(kind, look, seed, photographed=False):
    """A PNG of a thing; photographed ones stand elsewhere, a little turned, on another ground and in other light."""
    colour, second, surface, _ = look
    chance = random.Random(seed)
    light = chance.randint(-14, 14) if photographed else 0
    ground = (214 + chance.randint(-10, 8), 206, 196) if photographed else (246, 246, 244)
    canvas = Canvas(ground, shaded(ground, -16) if photographed else shaded(ground, -6))
    if photographed:
        canvas.move = (chance.uniform(.78, .88), chance.uniform(-.09, .09), chance.uniform(-.04, .04), chance.uniform(-.02, .03))
    else:
        canvas.move = (chance.uniform(.9, .98), 0, 0, 0)
    canvas.ground = lambda y: solid(ground)(y) if y < SIDE * .72 else solid(shaded(ground, -16 if photographed else -6))(y)
    canvas.ellipse(.5, .87, .36, .045, solid(shaded(ground, -40)))
    paint = pattern(surface, shaded(colour, light), shaded(second, light))
    globals()[kind](canvas, paint, solid(shaded(colour, light - 34)), solid(shaded(second, light)))
    return canvas.png()


def items():
    """(sku, kind, category, title, price in cents, look) of all goods."""
    for kind, category, price, looks in GOODS:
        for place, look in enumerate(looks, 1):
            yield f"{kind}-{place}", kind, category, look[3], price + 350 * (place - 1), look


def catalogue():
    """The table to import, and its pictures by name."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["sku", "shop", "title", "category", "price", "currency", "stock", "picture", "picture2"])
    pictures = {}
    for number, (sku, kind, category, title, cents, look) in enumerate(items()):
        names = [f"{sku}.png", f"{sku}-b.png"]
        for view, name in enumerate(names):
            pictures[name] = draw(kind, look, 100 * number + view, photographed=view == 1)
        for shop, more in ((SHOP, 0), (OTHER_SHOP, 190))[:2 if sku in TWICE else 1]:
            table.writerow([sku, shop, title, category, f"{(cents + more) / 100:.2f}", "EUR", 2 + number % 7, *names])
    return text.getvalue().encode(), pictures


def photographs():
    """Other photographs of some of the goods, by name: what a customer might send."""
    wanted = {"mug-1", "bag-2", "boot-2", "robot-1", "kettle-2", "shirt-2"}
    return {f"{title.lower().replace(' ', '-').replace(chr(39), '')}.png": draw(kind, look, 9_000 + number, photographed=True)
            for number, (sku, kind, _, title, _, look) in enumerate(items()) if sku in wanted}
