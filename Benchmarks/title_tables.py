#!/usr/bin/env python3
"""Tables of titles that `vitrine catalogue import` takes, to measure what titles teach (`vitrine gaps titles`).

  title_tables.py packages [--most 12000] > packages.csv   what this Debian can install: one-line descriptions as titles,
                                                           sections as categories, maintainers as sellers
  title_tables.py goods [--count 4000] > goods.csv         made-up goods of eight sellers in English and Chinese, with
                                                           columns for brand, type, series, model, colour, material, size

Packages are real texts by many people; goods are drawn from lists, and a seller in two has faults in its columns: left
out, in another spelling, or of another thing. Both come from a seed.
"""
import argparse
import collections
import csv
import random
import subprocess
import sys

SECTIONS = ["admin", "editors", "fonts", "games", "graphics", "mail", "math", "net", "science", "sound", "text", "video", "web"]

GOODS = {
    "shoes": (["running shoes", "sneakers", "ankle boots", "sandals"], ["跑步鞋", "短靴", "帆布鞋", "凉鞋"]),
    "bags": (["shoulder bag", "backpack", "tote bag", "wallet"], ["单肩包", "双肩背包", "手提包", "钱包"]),
    "clothing": (["summer dress", "hoodie", "linen shirt", "rain jacket"], ["连衣裙", "卫衣", "衬衫", "雨衣"]),
    "appliances": (["rice cooker", "vacuum cleaner", "kettle", "toaster"], ["电饭煲", "吸尘器", "电水壶", "烤面包机"]),
    "toys": (["building blocks", "plush bear", "puzzle", "kite"], ["积木", "毛绒熊", "拼图", "风筝"]),
    "furniture": (["desk lamp", "arm chair", "bookshelf", "side table"], ["台灯", "扶手椅", "书架", "边桌"]),
}
BRANDS = (["Nordwind", "Akira", "Bluepeak", "Casa Verde", "Otto Lind", "Kestrel", "Mira", "Hallen"],
          ["北风", "青山", "小鹿", "云上", "海石花", "明月"])
SERIES = ["Air", "Classic", "Pro Line", "Urban", "Nova", "Basic"]
COLOURS = (["dark blue", "red", "off white", "black", "forest green", "rose"], ["深蓝色", "红色", "米白色", "黑色", "墨绿色"])
MATERIALS = (["leather", "cotton", "steel", "oak", "nylon", "glass"], ["真皮", "纯棉", "不锈钢", "橡木", "尼龙", "玻璃"])
SIZES = (["size 42", "XL", "1.7 l", "30 cm", "500 pieces"], ["42码", "加大码", "三升", "30厘米", "五百片"])
ORDERS = [
    "brand series type model - colour material size", "type brand model | colour size NEW", "colour material type by brand series",
    "brand type size original model gift", "SALE type colour brand model series", "brand model type in material and colour",
    "type size brand free delivery", "best brand type material series model 2024",
]
KINDS = ["brand", "type", "series", "model", "colour", "material", "size"]


def packages(most):
    """Descriptions, sections and maintainers of all packages that apt knows; one line for each text."""
    known, fields = {}, {}
    text = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines() + [""]:
        if line:
            name, found, value = line.partition(": ")
            if found and not line.startswith(" "):
                fields[name] = value
            continue
        section, title = fields.get("Section", "").split("/")[-1], fields.get("Description", "")
        # One source makes many packages of nearly one text; what stands in brackets and after a dash tells them apart.
        plain = title.split(" (")[0].split(" - ")[0]
        if section in SECTIONS and len(plain) > 8 and plain not in known:
            known[plain] = (fields["Package"], fields["Maintainer"].split(" <")[0], section, plain)
        fields = {}
    rows = sorted(known.values())
    random.Random(7).shuffle(rows)
    rows = rows[:most]
    table = csv.writer(sys.stdout)
    table.writerow(["sku", "shop", "category", "title"])
    table.writerows(sorted(rows))
    counts = collections.Counter(row[2] for row in rows)
    print(f"{len(rows)} titles of {len({row[1] for row in rows})} sellers in {len(counts)} categories", file=sys.stderr)


def goods(count):
    draw = random.Random(11)
    table = csv.writer(sys.stdout)
    table.writerow(["sku", "shop", "category", "title"] + KINDS)
    for number in range(count):
        seller = number % 8
        language = draw.choice([0, 0, 1])
        category = draw.choice(sorted(GOODS))
        values = {
            "brand": draw.choice(BRANDS[language]), "type": draw.choice(GOODS[category][language]),
            "series": draw.choice(SERIES), "model": draw.choice(["GT", "WX", "M", "QR"]) + str(draw.randrange(2, 99)),
            "colour": draw.choice(COLOURS[language]), "material": draw.choice(MATERIALS[language]),
            "size": draw.choice(SIZES[language]),
        }
        words = [values.get(word, word) for word in ORDERS[seller].split(" ")]
        title = " ".join(words)
        # Sellers with an even number are careless with their columns.
        columns = dict(values)
        if seller % 2 == 0:
            for kind in KINDS:
                fault = draw.random()
                if fault < 0.15:
                    columns[kind] = ""
                elif fault < 0.2:
                    columns[kind] = columns[kind].upper()
                elif fault < 0.23:
                    columns[kind] = draw.choice(SERIES)
        table.writerow([f"g{number}", f"seller {seller}", category, title] + [columns[kind] for kind in KINDS])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["packages", "goods"])
    parser.add_argument("--most", type=int, default=12_000)
    parser.add_argument("--count", type=int, default=4_000)
    options = parser.parse_args()
    if options.what == "packages":
        packages(options.most)
    else:
        goods(options.count)


if __name__ == "__main__":
    main()
