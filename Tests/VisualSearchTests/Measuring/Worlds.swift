import Basics

@testable import VisualSearch

/// Pictures with made-up vectors: customers' photos and merchants' pictures of items in categories.
struct PlantedWorld {
    var planted: Planted
    let items: Int
    private let centres: [[Float]]

    init(items: Int = 24, seed: UInt64 = 3) {
        var planted = Planted(seed: seed)
        centres = (0..<items).map { _ in planted.direction(24) }
        self.items = items
        self.planted = planted
    }

    func category(_ item: Int) -> String { "kind \(item % 4)" }

    /// A picture of an item; the model's word is right with a chance.
    mutating func picture(
        _ item: Int, noise: Double, trust: Double = 1, occasion: String? = nil, number: Int = 0
    ) -> SeenPicture {
        let said = planted.share() < trust ? item % 4 : planted.number(below: 4)
        let told = Dictionary(uniqueKeysWithValues: (0..<4).map { ("kind \($0)", $0 == said ? 0.7 : 0.1) })
        return SeenPicture(
            file: LabelledFile(
                path: "\(item)-\(number).jpg", label: "item \(item)", category: category(item), occasion: occasion),
            vector: planted.near(centres[item], noise: noise), floor: planted.near(centres[item], noise: 3 * noise + 1),
            told: told, sharpness: 200)
    }

    mutating func photos(each count: Int, noise: Double, trust: Double = 1) -> [SeenPicture] {
        (0..<items).flatMap { item in
            (0..<count).map { picture(item, noise: noise, trust: trust, number: $0) }
        }
    }

    /// Photos of things that no item is.
    mutating func strangers(_ count: Int) -> [SeenPicture] {
        (0..<count).map { number in
            SeenPicture(
                file: LabelledFile(path: "s\(number).jpg", label: "stranger \(number)"), vector: planted.direction(24),
                floor: planted.direction(24), told: ["kind 0": 0.25, "kind 1": 0.25, "kind 2": 0.25, "kind 3": 0.25],
                sharpness: 200)
        }
    }
}
