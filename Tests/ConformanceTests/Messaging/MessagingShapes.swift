import Basics
import TestSupport

/// Shapes of replies as the Matrix client-server API v1.13 gives them, in our own words.
enum MessagingShapes {
    static let error = Shape.object(["errcode": .required(.string), "error": .required(.string)])
    static let empty = Shape.exactly(emptyObject)
    static let eventID = Shape.object(["event_id": .required(.string)])
    static let roomID = Shape.object(["room_id": .required(.identifier("!"))])

    // MARK: Events

    /// What every event has, wherever it stands.
    static let eventMembers: [String: Shape.Member] = [
        "type": .required(.string), "event_id": .required(.string), "sender": .required(.identifier("@")),
        "origin_server_ts": .required(.int), "content": .required(.map(.any)), "state_key": .optional(.string),
        "redacts": .optional(.string), "unsigned": .optional(unsigned),
    ]
    static let event = Shape.object(eventMembers.merging(["room_id": .required(.identifier("!"))]) { $1 })
    static let stateEvent = Shape.object(
        eventMembers.merging(["room_id": .required(.identifier("!")), "state_key": .required(.string)]) { $1 })
    /// The few members that somebody outside of a room gets of its state.
    static let stripped = Shape.object([
        "type": .required(.string), "sender": .required(.identifier("@")), "state_key": .required(.string),
        "content": .required(.map(.any)),
    ])

    private static let unsigned = Shape.object([
        "age": .optional(.int), "transaction_id": .optional(.string), "prev_content": .optional(.map(.any)),
        "membership": .optional(.string), "redacted_because": .optional(.object(["type": .required(.string)])),
        "m.relations": .optional(bundle),
        "shop.vitrine": .required(.object(["seq": .required(.int), "prev": .optional(.string)])),
    ])
    private static let bundle = Shape.object([
        "m.replace": .optional(
            .object(["event_id": .required(.string), "sender": .required(.string), "origin_server_ts": .required(.int)])
        ),
        "m.thread": .optional(
            .object([
                "latest_event": .required(.object(["event_id": .required(.string), "type": .required(.string)])),
                "count": .required(.int), "current_user_participated": .required(.bool),
            ])),
        "m.reference": .optional(.object(["chunk": .required(.list(.object(["event_id": .required(.string)])))])),
    ])

    // MARK: Rooms

    static let joinedRooms = Shape.object(["joined_rooms": .required(.list(.identifier("!")))])
    static let state = Shape.list(stateEvent)
    static let members = Shape.object([
        "chunk": .required(
            .list(
                .object([
                    "type": .required(.exactly("m.room.member")), "state_key": .required(.identifier("@")),
                    "room_id": .required(.identifier("!")), "event_id": .required(.string),
                    "sender": .required(.identifier("@")), "origin_server_ts": .required(.int),
                    "content": .required(.object(["membership": .required(.string)])),
                ])))
    ])
    static let joinedMembers = Shape.object([
        "joined": .required(.map(.object(["display_name": .optional(.string), "avatar_url": .optional(.string)])))
    ])
    static let aliases = Shape.object(["aliases": .required(.list(.identifier("#")))])
    static let alias = Shape.object(["room_id": .required(.identifier("!")), "servers": .required(.list(.string))])
    static let listing = Shape.object(["visibility": .required(.oneOf([.exactly("public"), .exactly("private")]))])

    static let summaryMembers: [String: Shape.Member] = [
        "room_id": .required(.identifier("!")), "num_joined_members": .required(.int),
        "world_readable": .required(.bool), "guest_can_join": .required(.bool), "join_rule": .optional(.string),
        "name": .optional(.string), "topic": .optional(.string), "avatar_url": .optional(.string),
        "canonical_alias": .optional(.identifier("#")), "room_type": .optional(.string),
    ]
    static let publicRooms = Shape.object([
        "chunk": .required(.list(.object(summaryMembers))), "total_room_count_estimate": .optional(.int),
        "next_batch": .optional(.string), "prev_batch": .optional(.string),
    ])
    static let summary = Shape.object(
        summaryMembers.merging(["membership": .optional(.string), "room_version": .optional(.string)]) { $1 })

    // MARK: History

    static let messages = Shape.object([
        "start": .required(.string), "end": .optional(.string), "chunk": .required(.list(event)),
        "state": .optional(.list(stateEvent)),
    ])
    static let context = Shape.object([
        "start": .required(.string), "end": .required(.string), "event": .required(event),
        "events_before": .required(.list(event)), "events_after": .required(.list(event)),
        "state": .required(.list(stateEvent)),
    ])
    static let relations = Shape.object([
        "chunk": .required(.list(event)), "next_batch": .optional(.string), "prev_batch": .optional(.string),
        "recursion_depth": .optional(.int),
    ])
    static let threads = Shape.object(["chunk": .required(.list(event)), "next_batch": .optional(.string)])
    static let eventAtTime = Shape.object(["event_id": .required(.string), "origin_server_ts": .required(.int)])

    // MARK: Product routes

    static let conversations = Shape.object([
        "next": .required(.string), "more_from": .optional(.int), "removed": .required(.list(.identifier("!"))),
        "conversations": .required(
            .list(
                .object([
                    "room": .required(.identifier("!")), "title": .required(.string), "avatar": .optional(.string),
                    "last": .optional(event), "last_ts": .required(.int), "unread": .required(.int),
                    "highlight": .required(.int), "marked_unread": .required(.bool), "tags": .required(.map(.any)),
                ]))),
    ])
    static let readers = Shape.object([
        "read": .required(.list(.object(["user": .required(.identifier("@")), "ts": .required(.int)]))),
        "unread": .required(.list(.identifier("@"))), "read_count": .required(.int), "unread_count": .required(.int),
    ])
    static let positions = Shape.object([
        "head": .required(.int), "furthest": .required(.int),
        "devices": .required(
            .list(
                .object([
                    "device_id": .required(.string), "cursor": .required(.int),
                    "seen_ts": .required(.oneOf([.int, .exactly(.null)])),
                ]))),
    ])
    static let transcript = Shape.object([
        "title": .required(.string),
        "events": .required(
            .list(
                .object([
                    "event_id": .required(.string), "seq": .required(.int), "type": .required(.string),
                    "sender": .required(.identifier("@")), "origin_server_ts": .required(.int),
                    "content": .required(.map(.any)), "recalled_content": .optional(.map(.any)),
                ]))),
    ])
}
