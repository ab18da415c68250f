import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("What was acknowledged is there")
    struct StoreTests {
        @Test("MSG-01 a thousand messages acknowledged while nobody receives are all there after a kill")
        func nobodyThere() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let sent = try await withThrowingTaskGroup(of: [String].self) { group in
                for part in 0..<10 {
                    group.addTask {
                        var events: [String] = []
                        for number in 0..<100 { events.append(try await anna.say("\(part).\(number)", in: room)) }
                        return events
                    }
                }
                return try await group.reduce(into: [[String]]()) { $0.append($1) }
            }
            let server = try Cast.server()
            await server.kill()
            try await server.restart()
            let found = try await ben.history(of: room).eventIDs
            #expect(Set(found).isSuperset(of: sent.joined()))
            #expect(Set(found).count == found.count)
            // What one sender was answered in order stands in that order.
            for part in sent { #expect(found.filter(Set(part).contains) == part) }
        }

        @Test("MSG-03 a new device pages back to the first event, and reads what the old one holds")
        func newDevice() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let wide = #"{"room":{"timeline":{"limit":100}}}"#
            var view = try await ben.news(filter: wide)
            var held = view.timeline(room)
            for number in 0..<25 {
                try await anna.say("\(number)", in: room)
                if number.isMultiple(of: 5) {
                    view = try await ben.news(since: view.next, filter: wide)
                    held += view.timeline(room)
                }
            }
            held += try await ben.news(since: view.next, filter: wide).timeline(room)
            let name = String(ben.userID.dropFirst().prefix { $0 != ":" })
            let phone = try await MatrixClient(Cast.server().http).login(name, password: Cast.password)
            let read = try await phone.history(of: room, limit: 7)
            #expect(read.eventIDs == held.eventIDs)
            #expect(read.first?["type"] == "m.room.create")
        }
    }
}
