/// A stretch of text that search treats as one: a word, or neighbouring characters of a script without spaces.
struct TextRun {
    struct Unit {
        /// What is compared; one scalar in dense runs, one or several in words.
        let folded: [Unicode.Scalar]
        /// Where it stands in the original, in UTF-16 code units as web pages count them.
        let place: Range<Int>
    }

    let isDense: Bool
    var units: [Unit]

    /// The run as it is compared.
    var folded: String {
        var view = String.UnicodeScalarView()
        for unit in units { view.append(contentsOf: unit.folded) }
        return String(view)
    }

    /// The place of the whole run in the original.
    var place: Range<Int> {
        guard let first = units.first, let last = units.last else { return 0..<0 }
        return first.place.lowerBound..<last.place.upperBound
    }

    /// Pairs of neighbours, and the single character when there is only one.
    var pairs: [String] {
        guard units.count > 1 else { return [folded] }
        return zip(units, units.dropFirst()).map { left, right in
            TextRun(isDense: true, units: [left, right]).folded
        }
    }

    /// Splits a text into its runs.
    static func runs(of text: String) -> [TextRun] {
        var runs: [TextRun] = []
        var isOpen = false
        var offset = 0
        func add(_ folded: [Unicode.Scalar], dense: Bool, _ place: Range<Int>) {
            let unit = Unit(folded: folded, place: place)
            if isOpen, runs[runs.count - 1].isDense == dense {
                runs[runs.count - 1].units.append(unit)
            } else {
                runs.append(TextRun(isDense: dense, units: [unit]))
                isOpen = true
            }
        }
        for scalar in text.unicodeScalars {
            let place = offset..<offset + (scalar.value > 0xFFFF ? 2 : 1)
            offset = place.upperBound
            switch TextFolding.fold(scalar) {
            case .dense(let folded): add([folded], dense: true, place)
            case .word(let folded): add(folded, dense: false, place)
            case .accent where isOpen && runs.last?.isDense == false: add([], dense: false, place)
            case .accent: continue
            case .separator: isOpen = false
            }
        }
        return runs
    }
}
