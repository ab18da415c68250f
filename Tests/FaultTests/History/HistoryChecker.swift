extension History {
    /// Everything that is wrong with the history; nothing for one that a correct server can produce.
    func faults() -> [HistoryFault] {
        sendFaults() + stored.sorted { $0.key < $1.key }.flatMap { storeFaults($0.value) }
            + devices.flatMap { device in
                stored.sorted { $0.key < $1.key }.flatMap { room, events in
                    device.rooms[room].map { Self.faults(of: device.name, $0, against: events) } ?? []
                }
            }
    }

    // MARK: What was sent against what is stored

    private func sendFaults() -> [HistoryFault] {
        var places: [String: [(room: String, event: String)]] = [:]
        for (room, events) in stored {
            for event in events {
                if let mark = event.mark { places[mark, default: []].append((room, event.event)) }
            }
        }
        var faults: [HistoryFault] = []
        for send in sent {
            let found = places.removeValue(forKey: send.mark) ?? []
            let here = found.filter { $0.room == send.room }
            faults += found.filter { $0.room != send.room }.map { .invented(event: $0.event) }
            if here.count > 1 { faults.append(.storedTwice(mark: send.mark)) }
            guard let answer = send.answers.first else { continue }
            if Set(send.answers).count > 1 { faults.append(.answeredDifferently(mark: send.mark)) }
            if here.isEmpty {
                faults.append(.lost(mark: send.mark))
            } else if !here.contains(where: { $0.event == answer }) {
                faults.append(.wrongAnswer(mark: send.mark))
            }
        }
        return faults + places.values.joined().map { .invented(event: $0.event) }
    }

    private func storeFaults(_ events: [Seen]) -> [HistoryFault] {
        var ids: Set<String> = []
        var last: Int64 = 0
        return events.filter { event in
            defer { last = event.seq }
            return !ids.insert(event.event).inserted || event.seq != last + 1
        }
        .map { .disorderInStore(event: $0.event) }
    }

    // MARK: What a device got against what is stored

    private static func faults(of device: String, _ batches: [Batch], against stored: [Seen]) -> [HistoryFault] {
        let places = Dictionary(
            stored.enumerated().map { ($0.element.event, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var faults: [HistoryFault] = []
        var kept: Set<String> = []
        var last = -1
        for batch in batches {
            for event in batch.filled + batch.timeline {
                guard let place = places[event.event], stored[place] == event else {
                    faults.append(.vanished(device: device, event: event.event))
                    continue
                }
                guard kept.insert(event.event).inserted else {
                    faults.append(.receivedTwice(device: device, event: event.event))
                    continue
                }
                if place < last { faults.append(.disorder(device: device, event: event.event)) }
                if place > last + 1, !batch.isLimited {
                    faults.append(.gap(device: device, event: event.event))
                }
                last = max(last, place)
            }
        }
        return faults
            + stored.filter { !kept.contains($0.event) }.map { .missed(device: device, event: $0.event) }
    }
}
