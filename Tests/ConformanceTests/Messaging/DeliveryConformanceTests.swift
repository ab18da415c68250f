import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Which devices a message goes to")
    struct DeliveryTests {
        /// Two devices of one person in a room with a sender; both have synced.
        private func devices() async throws -> (
            room: String, sender: MatrixClient, phone: MatrixClient, desk: MatrixClient
        ) {
            let (sender, phone) = (try await Cast.user("sender"), try await Cast.user("buyer"))
            let name = String(phone.userID.dropFirst().prefix { $0 != ":" })
            let desk = try await MatrixClient(Cast.server().http).login(name, password: Cast.password)
            return (try await Cast.room(sender, phone), sender, phone, desk)
        }

        private func message(_ text: String, deliver: String) -> JSON {
            ["msgtype": "m.text", "body": .string(text), "shop.vitrine.deliver": .string(deliver)]
        }

        @Test("MSG-07 'first' goes to the first device that takes it; later ones find it in the history")
        func first() async throws {
            let (room, sender, phone, desk) = try await devices()
            let (phoneStart, deskStart) = (try await phone.news().next, try await desk.news().next)
            let coupon = try await sender.send(message("coupon", deliver: "first"), to: room)

            let taken = try await phone.news(since: phoneStart)
            #expect(taken.timeline(room).bodies == ["coupon"])
            // The server learns that the phone has it when the phone comes back with the position.
            _ = try await phone.news(since: taken.next)
            let late = try await desk.news(since: deskStart)
            #expect(late.timeline(room).bodies == [])
            #expect(late.joined(room)?["shop.vitrine.skipped"] == [.string(coupon)])
            #expect(try await desk.history(of: room).bodies == ["coupon"])
            #expect(try await desk.event(coupon, in: room).bodyText == "coupon")
        }

        @Test("MSG-07 'first' is not held back from anybody while no device has taken it")
        func untaken() async throws {
            let (room, sender, phone, desk) = try await devices()
            let (phoneStart, deskStart) = (try await phone.news().next, try await desk.news().next)
            try await sender.send(message("coupon", deliver: "first"), to: room)
            #expect(try await phone.news(since: phoneStart).timeline(room).bodies == ["coupon"])
            #expect(try await desk.news(since: deskStart).timeline(room).bodies == ["coupon"])
        }

        @Test("MSG-07 'all' and no wish at all go to every device", arguments: ["all", ""])
        func all(wish: String) async throws {
            let (room, sender, phone, desk) = try await devices()
            let (phoneStart, deskStart) = (try await phone.news().next, try await desk.news().next)
            if wish.isEmpty {
                try await sender.say("notice", in: room)
            } else {
                try await sender.send(message("notice", deliver: wish), to: room)
            }
            let taken = try await phone.news(since: phoneStart)
            #expect(taken.timeline(room).bodies == ["notice"])
            _ = try await phone.news(since: taken.next)
            let late = try await desk.news(since: deskStart)
            #expect(late.timeline(room).bodies == ["notice"])
            #expect(late.joined(room)?["shop.vitrine.skipped"] == nil)
        }

        @Test("MSG-05 three devices with cursors 2, 10 and 1 of 20 each get their own rest")
        func cursors() async throws {
            let (sender, first) = (try await Cast.user("sender"), try await Cast.user("reader"))
            let name = String(first.userID.dropFirst().prefix { $0 != ":" })
            let room = try await Cast.room(sender, first)
            let nobody = MatrixClient(try Cast.server().http)
            let devices = [
                first, try await nobody.login(name, password: Cast.password),
                try await nobody.login(name, password: Cast.password),
            ]
            let stops = [2, 10, 1]
            var cursors = ["", "", ""]
            for number in 1...20 {
                try await sender.say("\(number)", in: room)
                for (index, stop) in stops.enumerated() where stop == number {
                    cursors[index] = try await devices[index].news().next
                }
            }
            let filter = #"{"room":{"timeline":{"limit":50}}}"#
            for (index, device) in devices.enumerated() {
                let rest = try await device.news(since: cursors[index], filter: filter)
                #expect(rest.timeline(room).bodies == (stops[index] + 1...20).map(String.init))
                #expect(!rest.isLimited(room))
            }
        }

        @Test("MSG-06 the positions of the devices, the newest and the furthest can be asked for")
        func positions() async throws {
            let (room, sender, phone, desk) = try await devices()
            let start = try await phone.news().next
            try await sender.say("one", in: room)
            let taken = try await phone.news(since: start)
            _ = try await phone.news(since: taken.next)
            let positions = try await desk.ask(MessagingShapes.positions, "GET", "/api/v1/devices/positions")
            let cursors = Dictionary(
                uniqueKeysWithValues: (positions["devices"]?.arrayValue ?? []).map {
                    ($0["device_id"]?.stringValue ?? "", $0["cursor"]?.intValue ?? -1)
                })
            let (head, furthest) = (positions["head"]?.intValue ?? 0, positions["furthest"]?.intValue ?? 0)
            #expect(Set(cursors.keys) == [phone.deviceID, desk.deviceID])
            #expect(cursors[phone.deviceID] == furthest && furthest <= head && furthest > 0)
            #expect(cursors[desk.deviceID] == 0)
        }
    }
}
