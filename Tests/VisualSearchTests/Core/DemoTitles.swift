import VisualSearch

/// Titles as sellers write them, in English and Chinese, with what each of their words names.
struct DemoTitles {
    struct Title {
        let text: String
        let category: String
        let seller: String
        let columns: [EntityKind: [String]]
        let entities: [TitleEntity]
    }

    private typealias Goods = (category: String, types: [String], materials: [String], sizes: [String])

    private static let english: [Goods] = [
        (
            "shoes", ["running shoes", "sneakers", "ankle boots"], ["leather", "mesh", "suede"], ["size 42", "size 38"]
        ),
        ("bags", ["shoulder bag", "backpack", "tote bag"], ["canvas", "leather", "nylon"], ["20 l", "35 l"]),
        ("clothing", ["summer dress", "hoodie", "linen shirt"], ["cotton", "wool", "viscose"], ["XL", "M"]),
        ("appliances", ["rice cooker", "vacuum cleaner", "kettle"], ["steel", "glass"], ["1.7 l", "3 l"]),
        ("toys", ["building blocks", "plush bear", "puzzle"], ["wood", "plush"], ["500 pieces", "30 cm"]),
    ]
    private static let chinese: [Goods] = [
        ("shoes", ["跑步鞋", "短靴", "帆布鞋"], ["真皮", "网面"], ["42码", "38码"]),
        ("bags", ["单肩包", "双肩背包", "手提包"], ["帆布", "尼龙"], ["大号", "小号"]),
        ("clothing", ["连衣裙", "卫衣", "衬衫"], ["纯棉", "羊毛"], ["加大码", "均码"]),
        ("appliances", ["电饭煲", "吸尘器", "电水壶"], ["不锈钢", "玻璃"], ["三升", "五升"]),
        ("toys", ["积木", "毛绒熊", "拼图"], ["木质", "毛绒"], ["五百片", "小盒"]),
    ]
    private static let brands = ["Nordwind", "Akira", "Bluepeak", "Casa Verde", "Otto Lind", "Kestrel", "Mira"]
    private static let chineseBrands = ["北风", "青山", "小鹿", "云上", "海石花"]
    private static let series = ["Air", "Classic", "Pro Line", "Urban"]
    private static let colours = ["dark blue", "red", "off white", "black", "forest green"]
    private static let chineseColours = ["深蓝色", "红色", "米白色", "黑色"]

    var planted: Planted

    init(seed: UInt64) { planted = Planted(seed: seed) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[planted.number(below: elements.count)]
    }

    mutating func titles(_ count: Int) -> [Title] { (0..<count).map { _ in title() } }

    mutating func title() -> Title {
        let isChinese = planted.number(below: 2) == 0
        let goods = pick(isChinese ? Self.chinese : Self.english)
        let seller = planted.number(below: 6)
        let model = "\(pick(["GT", "WX", "M", "QR"]))\(2 + planted.number(below: 90))"
        let values: [EntityKind: String] = [
            .brand: pick(isChinese ? Self.chineseBrands : Self.brands), .type: pick(goods.types),
            .series: pick(Self.series), .model: model, .colour: pick(isChinese ? Self.chineseColours : Self.colours),
            .material: pick(goods.materials), .size: pick(goods.sizes),
        ]
        let parts = isChinese ? chineseParts(seller) : englishParts(seller)
        var words: [String] = []
        var entities: [TitleEntity] = []
        var text = ""
        for part in parts {
            let piece = part.kind.flatMap { values[$0] } ?? part.filler
            let tokens = TitleText.tokens(piece)
            if let kind = part.kind {
                let range = words.count..<words.count + tokens.count
                let isSpaced = tokens.contains { $0.count > 1 }
                entities.append(
                    TitleEntity(kind: kind, text: tokens.joined(separator: isSpaced ? " " : ""), range: range))
            }
            words += tokens
            text += (text.isEmpty || isChinese && part.kind != .model && part.kind != .series ? "" : " ") + piece
        }
        return Title(
            text: text, category: goods.category, seller: "\(isChinese ? "zh" : "en")\(seller)",
            columns: values.mapValues { [$0] }, entities: entities)
    }

    private typealias Part = (kind: EntityKind?, filler: String)

    /// Each seller has an own order of words and own fillers.
    private mutating func englishParts(_ seller: Int) -> [Part] {
        let filler = pick(["new", "original", "for men", "gift idea", "free shipping"])
        return [
            [(.brand, ""), (.series, ""), (.model, ""), (.type, ""), (.colour, ""), (.size, "")],
            [(nil, filler), (.brand, ""), (.type, ""), (.model, ""), (.material, ""), (.colour, "")],
            [(.colour, ""), (.material, ""), (.type, ""), (nil, "by"), (.brand, ""), (nil, filler)],
            [(.brand, ""), (.model, ""), (.material, ""), (.type, ""), (nil, filler), (.size, "")],
            [(.type, ""), (.brand, ""), (.series, ""), (nil, filler), (.colour, "")],
            [(nil, filler), (.material, ""), (.type, ""), (.size, ""), (.colour, ""), (.brand, "")],
        ][seller]
    }

    private mutating func chineseParts(_ seller: Int) -> [Part] {
        let filler = pick(["新款", "女士", "正品", "夏季"])
        return [
            [(.brand, ""), (nil, filler), (.colour, ""), (.material, ""), (.type, ""), (.size, "")],
            [(nil, filler), (.brand, ""), (.type, ""), (.model, ""), (.colour, "")],
            [(.brand, ""), (.model, ""), (.material, ""), (.type, ""), (nil, filler)],
            [(.material, ""), (.type, ""), (nil, filler), (.brand, ""), (.size, "")],
            [(.brand, ""), (.type, ""), (.colour, ""), (.size, ""), (nil, "包邮")],
            [(nil, filler), (.colour, ""), (.type, ""), (.brand, ""), (.model, "")],
        ][seller]
    }
}
