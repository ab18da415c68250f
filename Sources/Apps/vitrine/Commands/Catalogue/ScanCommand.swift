import ArgumentParser
import Basics
import Imaging
import VisualSearch

/// Finds the thing in photos.
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find the thing in a photo in a catalogue.",
        discussion: """
              vitrine scan photo.jpg --catalogue summer
              vitrine scan photo.jpg --box 0.2,0.1,0.5,0.8
              vitrine scan photos/*.jpg --catalogue summer --json

            With --json each photo gets one line, in the order of the photos: the verdict, the groups of the same item, \
            similar ones, boxes, categories and times. The verdict is `sameItem` only where the catalogue was \
            calibrated (`vitrine calibrate`); until then it is `uncalibrated`, and what is found is similar.

            Ends with status 1 if a photo could not be answered.
            """)

    @Argument(help: "Photos.") var photos: [String]
    @OptionGroup var flags: CatalogueFlags
    @Option(help: "Which part: `full`, or x,y,width,height in shares of the picture.") var box: String?
    @Option(help: "Search in this category.") var category: String?
    @Option(help: "Only items of this shop; may be given several times.") var shop: [String] = []
    @Option(help: "Least price, in the smallest unit.") var minimumPrice: Int64?
    @Option(help: "Highest price, in the smallest unit.") var maximumPrice: Int64?
    @Flag(help: "Only items that are in stock.") var inStock = false
    @Option(name: .short, help: "Most groups of an answer.") var k = 20
    @Flag(help: "Write one JSON object a photo.") var json = false

    func validate() throws {
        guard (1...ScanRequest.maximumLimit).contains(k) else {
            throw ValidationError("-k is 1 to \(ScanRequest.maximumLimit).")
        }
        guard minimumPrice ?? 0 <= maximumPrice ?? .max else { throw ValidationError("No price is in that range.") }
    }

    /// What a photo came to.
    private typealias Outcome = Result<ScanAnswer, any Error>

    func run() async throws {
        let hasFailed = try await flags.work { catalogue, _ in
            let shown = ShownProgress("scanning")
            var hasFailed = false
            // A few at a time; lines come in the order of the photos.
            for start in stride(from: 0, to: photos.count, by: 4) {
                let part = Array(photos[start..<min(start + 4, photos.count)])
                let outcomes = await answers(to: part, catalogue)
                shown.finish()
                for (photo, outcome) in zip(part, outcomes) { hasFailed = !say(photo, outcome) || hasFailed }
                shown.show(Double(start + part.count) / Double(photos.count))
            }
            shown.finish()
            return hasFailed
        }
        if hasFailed { throw ExitCode.failure }
    }

    private func answers(to photos: [String], _ catalogue: Catalogue) async -> [Outcome] {
        await withTaskGroup(of: (Int, Outcome).self) { group in
            for (place, photo) in photos.enumerated() {
                group.addTask {
                    do {
                        return (place, .success(try await answer(to: photo, catalogue)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func answer(to photo: String, _ catalogue: Catalogue) async throws -> ScanAnswer {
        let bytes = try PictureFiles.read(photo)
        var filter = ScanFilter(shops: shop, isInStock: inStock)
        if minimumPrice != nil || maximumPrice != nil {
            filter.price = (minimumPrice ?? 0)...(maximumPrice ?? .max)
        }
        let request = try ScanRequest(
            box: Self.box(box), category: category, limit: k)
        return try await catalogue.scan(bytes, request: request, filter: filter)
    }

    private static func box(_ text: String?) throws -> BoxRequest {
        do {
            return try BoxRequest(parsing: text, size: .init(width: 1, height: 1))
        } catch {
            throw Failure("--\(error)")
        }
    }

    /// Writes what a photo came to; false if that is no answer.
    private func say(_ photo: String, _ outcome: Outcome) -> Bool {
        switch outcome {
        case .success(let answer):
            if json {
                var object = answer.json.objectValue ?? [:]
                object["photo"] = .string(photo)
                Terminal.say(JSON.object(object).text)
            } else {
                lines(photo, answer).forEach(Terminal.say)
            }
            return true
        case .failure(let error):
            let refusal = error as? RequestError
            let message = refusal?.message ?? "\(Failure.explaining(error))"
            if json {
                let object: JSON = [
                    "photo": .string(photo),
                    "error": ["code": .string(refusal?.code ?? "unreadable"), "message": .string(message)],
                ]
                Terminal.say(object.text)
            } else {
                Terminal.warn("\(photo): \(message)")
            }
            return false
        }
    }

    private func lines(_ photo: String, _ answer: ScanAnswer) -> [String] {
        var lines = ["\(photo): \(sentence(answer))"]
        for group in answer.groups + answer.similar {
            let offer = group.offers.first
            let price = offer?.price.map { "  \($0) \(offer?.currency ?? "")" } ?? ""
            let sellers = group.offers.count > 1 ? "  \(group.offers.count) offers" : ""
            let score = (group.score * 1_000).rounded() / 1_000
            lines.append("  \(score)  \(group.style)  \(offer?.title ?? "")\(price)\(sellers)")
        }
        return lines
    }

    private func sentence(_ answer: ScanAnswer) -> String {
        let percent = answer.verdict.probability.map { " (\(Int(($0 * 100).rounded())) %)" } ?? ""
        return switch answer.verdict {
        case .sameItem(let style, _): "this is \(style)\(percent)"
        case .similarOnly where answer.reason == .notSure: "this may be it or only be like it\(percent)"
        case .similarOnly where answer.reason == .probablyAbsent: "it is probably not here\(percent)"
        case .similarOnly: "the very item is not here\(percent); these are similar"
        case .uncalibrated: "these are similar; nobody has measured yet what the scores mean"
        case .nothing(let reason): "nothing: \(reason.rawValue)"
        }
    }
}
