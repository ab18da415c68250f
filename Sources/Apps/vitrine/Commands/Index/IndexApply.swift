import ArgumentParser
import Basics
import VectorIndex

/// Applies changes that come in as lines of JSON.
struct IndexApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Add, replace and remove vectors as lines of JSON say, and answer each line when it is durable.",
        discussion: """
              vitrine index apply shop.index --dimensions 3 < changes.jsonl

            A line is one of

              {"put": "7", "vector": [0.1, 0.2, 0.3], "tenant": 3, "category": 1, "flags": 4, "price": 1999}
              {"remove": "7"}

            Ids are strings of digits, attributes may be left out. The answer to line n is {"line": n, "done": true} \
            or {"line": n, "error": "…"}; wrong lines change nothing. The index is made if there is none and \
            --dimensions is given. The bytes of removed vectors leave the files meanwhile when they are due, as `vitrine index maintain` does it.
            """)

    @Argument(help: "The index's folder.") var index: String
    @Option(help: "Values of a vector, for an index that does not exist yet.") var dimensions: Int?
    @Option(help: "Changes in one sync.") var batch = 1
    @Option(help: "Vectors that wait in memory before they become a segment.") var memoryRows = 2048
    @OptionGroup var flags: IndexBuildFlags

    func run() async throws {
        try await explained {
            let opened = try open()
            var upkeep = Upkeep(index: opened)
            await upkeep.start(atMostEvery: 0)
            var number = 0
            var waiting: [(line: Int, change: VectorChange)] = []
            while let line = readLine() {
                number += 1
                do {
                    waiting.append((number, try change(line)))
                } catch let problem as Failure {
                    answer(number, problem.description)
                }
                if waiting.count >= max(1, batch) { try await apply(&waiting, to: opened) }
                await upkeep.start(atMostEvery: 3_600_000)
            }
            try await apply(&waiting, to: opened)
            await upkeep.finish()
        }
    }

    /// What is due to removed vectors, done beside the changes: at the start, once an hour between lines, at the end.
    private struct Upkeep {
        let index: VectorIndex
        private var started: Int64 = 0
        private var work: Task<Void, Never>?

        init(index: VectorIndex) { self.index = index }

        mutating func start(atMostEvery milliseconds: Int64) async {
            guard monotonicMilliseconds() - started >= milliseconds else { return }
            await work?.value
            started = monotonicMilliseconds()
            work = Task { [index] in
                do {
                    try await index.maintain(now: SystemWallClock().now())
                } catch {
                    Terminal.warn("\(error)")
                }
            }
        }

        mutating func finish() async {
            await start(atMostEvery: 0)
            await work?.value
        }
    }

    private func open() throws -> VectorIndex {
        var options = flags.options
        options.memoryRows = memoryRows
        options.measuresAtHour = nil
        guard let dimensions else { return try VectorIndex.open(at: index, options: options) }
        let schema = try flags.schema(dimensions: dimensions)
        do {
            return try VectorIndex.create(at: index, schema: schema, options: options)
        } catch .badArgument {
            return try VectorIndex.open(at: index, options: options)
        }
    }

    private func apply(_ waiting: inout [(line: Int, change: VectorChange)], to index: VectorIndex) async throws {
        defer { waiting = [] }
        guard !waiting.isEmpty else { return }
        do {
            _ = try await index.apply(waiting.map(\.change))
            for entry in waiting { answer(entry.line, nil) }
        } catch let problem as VectorIndexError {
            for entry in waiting { answer(entry.line, problem.description) }
        }
    }

    private func answer(_ line: Int, _ problem: String?) {
        let outcome: JSON =
            if let problem {
                ["line": .int(Int64(line)), "error": .string(problem)]
            } else {
                ["line": .int(Int64(line)), "done": true]
            }
        Terminal.say(outcome.text)
    }

    // MARK: Lines

    private func change(_ line: String) throws -> VectorChange {
        guard let json = try? JSON(parsing: line, limits: JSONLimits(maximumBytes: 1 << 20)) else {
            throw Failure("the line is no JSON object")
        }
        if let id = try id(json, "remove") { return .remove(id) }
        guard let id = try id(json, "put"), let values = json["vector"]?.arrayValue else {
            throw Failure("the line neither puts an id with a vector nor removes one")
        }
        let vector = values.compactMap { $0.doubleValue.map { Float($0) } }
        guard vector.count == values.count else { throw Failure("a value of the vector is no number") }
        let attributes = VectorAttributes(
            tenant: try number(json, "tenant"), category: try number(json, "category"),
            flags: try number(json, "flags"), price: try number(json, "price"))
        return .put(VectorItem(id: id, vector: vector, attributes: attributes))
    }

    private func id(_ json: JSON, _ key: String) throws -> UInt64? {
        guard let value = json[key] else { return nil }
        guard let id = value.stringValue.flatMap({ UInt64($0) }) ?? value.intValue.flatMap({ UInt64(exactly: $0) })
        else { throw Failure("\(key) is no id") }
        return id
    }

    private func number<Value: FixedWidthInteger>(_ json: JSON, _ key: String) throws -> Value {
        guard let value = json[key] else { return 0 }
        guard let number = value.intValue.flatMap({ Value(exactly: $0) }) else {
            throw Failure("\(key) is no whole number up to \(Value.max)")
        }
        return number
    }
}
