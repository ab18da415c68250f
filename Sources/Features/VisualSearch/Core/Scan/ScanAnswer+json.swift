public import Basics

extension ScanAnswer {
    /// As `POST /scans` answers.
    public var json: JSON {
        var object: JSONObject = [
            "id": .string(id), "boxes": .array(boxes.map(\.json)), "chosen": chosen.json,
            "source": .string(source.rawValue), "category": category.json, "verdict": .string(verdict.name),
            "probability": verdict.probability.map { JSON(rounding: $0, places: 4) } ?? .null,
            "groups": .array(groups.map(\.json)), "similar": .array(similar.map(\.json)),
            "encyclopedia": .array(encyclopedia.map(\.json)), "articles": .array(articles.map(\.json)),
        ]
        object["reason"] = reason.map { .string($0.rawValue) }
        object["barcode"] = barcode.map { .string($0) }
        object["qr"] = qr.map { .string($0) }
        var times = JSONObject()
        for timing in timings { times[timing.stage] = JSON(rounding: timing.milliseconds, places: 3) }
        object["timings"] = .object(times)
        object["generation"] = .string(generation)
        return .object(object)
    }

    /// Reads an answer that was kept; nil for what is none. Numbers come back as they were rounded.
    public init?(_ json: JSON) {
        guard let id = json["id"]?.stringValue, let chosen = UnitBox(json["chosen"]),
            let source = json["source"]?.stringValue.flatMap(ObjectChoice.Source.init),
            let boxes = json["boxes"].all(Detection.init), let groups = json["groups"].all(Group.init),
            let similar = json["similar"].all(Group.init), let encyclopedia = json["encyclopedia"].all(Article.init),
            let articles = json["articles"].all(Article.init), let category = Category(json["category"]),
            let generation = json["generation"]?.stringValue, let times = json["timings"]?.objectValue
        else { return nil }
        self.init(id: id)
        (self.chosen, self.source, self.boxes, self.groups, self.similar) = (chosen, source, boxes, groups, similar)
        (self.encyclopedia, self.articles, self.category) = (encyclopedia, articles, category)
        self.generation = generation
        barcode = json["barcode"]?.stringValue
        qr = json["qr"]?.stringValue
        reason = json["reason"]?.stringValue.flatMap(ScanReason.init)
        timings = times.compactMap { time in
            time.value.doubleValue.map { Timing(stage: time.key, milliseconds: $0) }
        }
        guard let verdict = Self.verdict(json, style: groups.first?.style, reason: reason) else { return nil }
        self.verdict = verdict
    }

    private static func verdict(_ json: JSON, style: String?, reason: ScanReason?) -> Verdict? {
        let probability = json["probability"]?.doubleValue
        switch (json["verdict"]?.stringValue, probability, style, reason) {
        case ("sameItem", let probability?, let style?, _): return .sameItem(style: style, probability: probability)
        case ("similarOnly", let probability?, _, _): return .similarOnly(probability: probability)
        case ("nothing", _, _, let reason?): return .nothing(reason)
        case ("uncalibrated", _, _, _): return .uncalibrated
        default: return nil
        }
    }
}

extension Optional<JSON> {
    /// The elements of an array, if all of them can be read.
    func all<Value>(_ read: (JSON) -> Value?) -> [Value]? {
        guard let elements = self?.arrayValue else { return nil }
        let values = elements.compactMap(read)
        return values.count == elements.count ? values : nil
    }
}

extension Detection {
    /// Box, certainty and category.
    public var json: JSON {
        var object: JSONObject = ["box": box.json, "score": JSON(rounding: score, places: 4)]
        object["category"] = category.map { .string($0) }
        return .object(object)
    }

    /// Reads a detection; nil for what is none.
    public init?(_ json: JSON) {
        guard let box = UnitBox(json["box"]), let score = json["score"]?.doubleValue else { return nil }
        self.init(box: box, score: score, category: json["category"]?.stringValue)
    }
}

extension ScanOffer {
    /// As it stands in an answer.
    public var json: JSON {
        var object: JSONObject = [
            "item": .string(item), "sku": .string(sku), "seller": .string(seller), "title": .string(title),
            "currency": .string(currency),
        ]
        object["price"] = price.flatMap { abs($0) <= JSON.maximumInteger ? .int($0) : nil }
        object["stock"] = stock.map { .int(Int64($0)) }
        object["orderURL"] = orderURL.map { .string($0) }
        return .object(object)
    }

    /// Reads an offer; nil for what is none.
    public init?(_ json: JSON) {
        guard let item = json["item"]?.stringValue, let sku = json["sku"]?.stringValue,
            let seller = json["seller"]?.stringValue, let title = json["title"]?.stringValue,
            let currency = json["currency"]?.stringValue
        else { return nil }
        self.init(
            item: item, sku: sku, seller: seller, title: title, price: json["price"]?.intValue, currency: currency,
            stock: json["stock"]?.intValue.flatMap { Int(exactly: $0) }, orderURL: json["orderURL"]?.stringValue)
    }
}

extension ScanAnswer.Group {
    /// As it stands in an answer.
    public var json: JSON {
        [
            "sku": .string(style), "score": JSON(rounding: score, places: 4),
            "probability": probability.map { JSON(rounding: $0, places: 4) } ?? .null,
            "offers": .array(offers.map(\.json)),
        ]
    }

    /// Reads a group; nil for what is none.
    public init?(_ json: JSON) {
        guard let style = json["sku"]?.stringValue, let score = json["score"]?.doubleValue,
            let offers = json["offers"].all(ScanOffer.init)
        else { return nil }
        self.init(style: style, score: score, probability: json["probability"]?.doubleValue, offers: offers)
    }
}

extension ScanAnswer.Article {
    /// As it stands in an answer.
    public var json: JSON {
        [
            "id": .string(id), "title": .string(title), "url": .string(url), "source": .string(source),
            "page": .string("/a/\(id)"), "score": JSON(rounding: score, places: 3), "reason": .string(reason),
        ]
    }

    /// Reads an article; nil for what is none.
    public init?(_ json: JSON) {
        guard let id = json["id"]?.stringValue, let title = json["title"]?.stringValue,
            let url = json["url"]?.stringValue, let source = json["source"]?.stringValue
        else { return nil }
        self.init(
            id: id, title: title, url: url, source: source, score: json["score"]?.doubleValue ?? 0,
            reason: json["reason"]?.stringValue ?? "")
    }
}

extension ScanAnswer.Category {
    /// As it stands in an answer.
    public var json: JSON {
        func shares(_ shares: [CategoryVote.Share]) -> JSON {
            .array(
                shares.map {
                    ["category": .string($0.category), "probability": JSON(rounding: $0.probability, places: 4)]
                })
        }
        return ["final": shares(final), "detector": shares(detector), "votes": shares(votes)]
    }

    /// Reads the three sides; nil for what is none.
    public init?(_ json: JSON?) {
        func shares(_ json: JSON?) -> [CategoryVote.Share]? {
            json.all { share in
                guard let category = share["category"]?.stringValue, let p = share["probability"]?.doubleValue else {
                    return nil
                }
                return CategoryVote.Share(category: category, probability: p)
            }
        }
        guard let final = shares(json?["final"]), let detector = shares(json?["detector"]),
            let votes = shares(json?["votes"])
        else { return nil }
        self.init(final: final, detector: detector, votes: votes)
    }
}
