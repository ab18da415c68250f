import Basics
import Testing

@testable import Messaging

@Suite("Sync filters")
struct SyncFilterTests {
    private func parse(_ text: String) throws -> SyncFilter {
        try SyncFilter(JSON(parsing: text))
    }

    @Test("An empty filter lets everything through")
    func empty() throws {
        let filter = try parse("{}")
        #expect(filter == SyncFilter())
        #expect(filter.room.timeline.allowsEveryEvent)
        #expect(filter.room.timeline.allows(type: "m.room.message", sender: "@a:b", hasURL: false))
        #expect(filter.room.allowsRoom("!r:b"))
        #expect(!filter.room.includeLeave)
        #expect(filter.timelineLimit == 10)
        #expect(filter.eventFields == nil)
    }

    @Test(
        "A known member of the wrong type is refused with its full path",
        arguments: [
            (#"{"presence": "x"}"#, "presence"),
            (#"{"event_format": "binary"}"#, "event_format"),
            (#"{"event_fields": [1]}"#, "event_fields"),
            (#"{"room": []}"#, "room"),
            (#"{"room": {"timeline": "x"}}"#, "room.timeline"),
            (#"{"room": {"state": "x"}}"#, "room.state"),
            (#"{"room": {"ephemeral": "x"}}"#, "room.ephemeral"),
            (#"{"room": {"account_data": 1}}"#, "room.account_data"),
            (#"{"room": {"private_user_data": "x"}}"#, "room.private_user_data"),
            (#"{"room": {"include_leave": 1}}"#, "room.include_leave"),
            (#"{"room": {"timeline": {"rooms": "x"}}}"#, "room.timeline.rooms"),
            (#"{"room": {"timeline": {"not_rooms": "x"}}}"#, "room.timeline.not_rooms"),
            (#"{"room": {"timeline": {"senders": "x"}}}"#, "room.timeline.senders"),
            (#"{"room": {"timeline": {"not_senders": "x"}}}"#, "room.timeline.not_senders"),
            (#"{"room": {"timeline": {"types": "x"}}}"#, "room.timeline.types"),
            (#"{"room": {"timeline": {"types": [0]}}}"#, "room.timeline.types"),
            (#"{"room": {"timeline": {"not_types": "x"}}}"#, "room.timeline.not_types"),
            (#"{"room": {"timeline": {"rooms": ["not_a_room_id"]}}}"#, "room.timeline.rooms"),
            (#"{"room": {"timeline": {"senders": ["not_a_sender_id"]}}}"#, "room.timeline.senders"),
            (#"{"room": {"timeline": {"limit": "10"}}}"#, "room.timeline.limit"),
            (#"{"room": {"timeline": {"limit": 1.5}}}"#, "room.timeline.limit"),
            (#"{"room": {"state": {"lazy_load_members": "yes"}}}"#, "room.state.lazy_load_members"),
        ])
    func wrongTypes(text: String, path: String) {
        #expect { try parse(text) } throws: { error in
            guard let error = error as? RequestError else { return false }
            return error.status == 400 && error.code == "M_BAD_JSON" && error.message.contains("`\(path)`")
        }
    }

    @Test("A filter that is no object is refused", arguments: ["[]", "1", "null", "\"x\""])
    func notAnObject(text: String) {
        #expect(throws: RequestError.self) { try parse(text) }
    }

    @Test("Unknown members and null are ignored")
    func lenient() throws {
        let text = #"{"new": 1, "presence": null, "room": {"timeline": {"types": null, "x": []}, "rooms": null}}"#
        #expect(try parse(text) == SyncFilter())
    }

    @Test("Types take wildcards, and what is excluded stays out")
    func types() throws {
        let filter = try parse(
            #"{"presence": {"types": ["m.room.*", "m.?", "*.sticker"], "not_types": ["m.room.na*"]}}"#)
        let allowed = ["m.room.message", "m.room.", "m.?", "m.sticker", ".sticker"]
        let refused = ["m.room.name", "m.x", "m.Room.message", "sticker", "m.stickers", ""]
        for type in allowed { #expect(filter.presence.allowsType(type), "\(type)") }
        for type in refused { #expect(!filter.presence.allowsType(type), "\(type)") }
    }

    @Test("An empty list includes nothing; an empty exclusion excludes nothing")
    func emptyLists() throws {
        let filter = try parse(
            #"{"presence": {"types": []}, "account_data": {"not_types": [], "not_senders": []}, "room": {"rooms": []}}"#
        )
        #expect(!filter.presence.allows(type: "m.presence", sender: "@a:b"))
        #expect(filter.accountData.allows(type: "m.direct", sender: "@a:b"))
        #expect(!filter.room.allowsRoom("!r:b"))
    }

    @Test("Senders and rooms are included and excluded by id")
    func sendersAndRooms() throws {
        let filter = try parse(
            """
            {"room": {"not_rooms": ["!no:b"], "timeline": {"senders": ["@a:b", "@c:b"], "not_senders": ["@c:b"],
              "rooms": ["!r:b", "!no:b"], "not_rooms": ["!q:b"]}}}
            """)
        #expect(!filter.room.allowsRoom("!no:b"))
        #expect(filter.room.allowsRoom("!r:b"))
        let timeline = filter.room.timeline
        #expect(timeline.allowsRoom("!r:b"))
        #expect(!timeline.allowsRoom("!q:b"))
        #expect(!timeline.allowsRoom("!other:b"))
        #expect(timeline.allows(type: "x", sender: "@a:b", hasURL: false))
        #expect(!timeline.allows(type: "x", sender: "@c:b", hasURL: false))
        #expect(!timeline.allows(type: "x", sender: "@d:b", hasURL: false))
        #expect(!timeline.allowsEveryEvent)
    }

    @Test("contains_url looks at the content only when it is asked for", arguments: [true, false])
    func containsURL(wanted: Bool) throws {
        let filter = try RoomEventFilter(["contains_url": .bool(wanted)])
        #expect(filter.looksAtContent)
        #expect(filter.allows(type: "x", sender: "@a:b", hasURL: wanted))
        #expect(!filter.allows(type: "x", sender: "@a:b", hasURL: !wanted))
        #expect(!RoomEventFilter().looksAtContent)
    }

    @Test(
        "The timeline limit is kept between one and the server's maximum",
        arguments: [(-5, 1), (0, 1), (1, 1), (37, 37), (100, 100), (101, 100), (JSON.maximumInteger, 100)])
    func limits(asked: Int64, given: Int) throws {
        #expect(try SyncFilter(["room": ["timeline": ["limit": .int(asked)]]]).timelineLimit == given)
    }

    @Test("The flags of lazy loading and threads are read")
    func flags() throws {
        let filter = try parse(
            """
            {"event_format": "federation", "room": {"include_leave": true,
              "state": {"lazy_load_members": true, "include_redundant_members": true},
              "timeline": {"unread_thread_notifications": true}}}
            """)
        #expect(filter.federationFormat)
        #expect(filter.room.includeLeave)
        #expect(filter.room.state.lazyLoadMembers)
        #expect(filter.room.state.includeRedundantMembers)
        #expect(filter.room.timeline.unreadThreadNotifications)
        #expect(!filter.room.timeline.lazyLoadMembers)
    }

    @Test("event_fields keeps the named properties and the objects that lead to them")
    func fields() throws {
        let filter = try parse(#"{"event_fields": ["type", "content.body", "content.m\\.relates_to.event_id"]}"#)
        let event: JSONObject = [
            "type": "m.room.message", "sender": "@a:b",
            "content": [
                "body": "hi", "msgtype": "m.text", "m.relates_to": ["event_id": "$x", "rel_type": "m.thread"],
                "m": ["relates_to": ["event_id": 1]],
            ],
        ]
        let expected: JSONObject = [
            "type": "m.room.message", "content": ["body": "hi", "m.relates_to": ["event_id": "$x"]],
        ]
        #expect(event.keeping(filter.eventFields ?? []) == expected)
        #expect(event.keeping([]).isEmpty)
    }
}
