import Basics
import TestSupport

/// The shape of the reply of `/sync`, in our own words.
enum SyncShapes {
    static let reply = Shape.object([
        "next_batch": .required(.string), "account_data": .optional(data),
        "rooms": .optional(
            .object([
                "join": .optional(.map(joined)), "leave": .optional(.map(left)),
                "invite": .optional(.map(.object(["invite_state": .required(strippedState)]))),
                "knock": .optional(.map(.object(["knock_state": .required(strippedState)]))),
            ])),
        "presence": .optional(.object(["events": .optional(.list(.any))])),
        "to_device": .optional(
            .object([
                "events": .required(
                    .list(
                        .object([
                            "type": .required(.string), "sender": .required(.identifier("@")),
                            "content": .required(.map(.any)),
                        ])))
            ])),
        "device_lists": .optional(
            .object(["changed": .optional(.list(.identifier("@"))), "left": .optional(.list(.identifier("@")))])),
        "device_one_time_keys_count": .optional(.map(.int)),
        "device_unused_fallback_key_types": .optional(.list(.string)),
    ])

    private static let event = Shape.object(MessagingShapes.eventMembers)
    private static let stateEvent = Shape.object(
        MessagingShapes.eventMembers.merging(["state_key": .required(.string)]) { $1 })
    private static let strippedState = Shape.object(["events": .required(.list(MessagingShapes.stripped))])
    private static let data = Shape.object([
        "events": .required(.list(.object(["type": .required(.string), "content": .required(.map(.any))])))
    ])
    private static let timeline = Shape.object([
        "events": .required(.list(event)), "limited": .optional(.bool), "prev_batch": .optional(.string),
    ])
    private static let state = Shape.object(["events": .required(.list(stateEvent))])

    private static let joined = Shape.object([
        "timeline": .required(timeline), "state": .required(state), "account_data": .optional(data),
        "ephemeral": .optional(.object(["events": .required(.list(.oneOf([typing, receipts])))])),
        "summary": .optional(
            .object([
                "m.heroes": .optional(.list(.identifier("@"))), "m.joined_member_count": .optional(.int),
                "m.invited_member_count": .optional(.int),
            ])),
        "unread_notifications": .optional(
            .object(["notification_count": .required(.int), "highlight_count": .required(.int)])),
        "shop.vitrine.skipped": .optional(.list(.string)),
    ])
    private static let left = Shape.object(["timeline": .required(timeline), "state": .required(state)])

    private static let typing = Shape.object([
        "type": .required(.exactly("m.typing")),
        "content": .required(.object(["user_ids": .required(.list(.identifier("@")))])),
    ])
    /// Event, kind of receipt, user, receipt.
    private static let receipts = Shape.object([
        "type": .required(.exactly("m.receipt")),
        "content": .required(
            .map(.map(.map(.object(["ts": .required(.int), "thread_id": .optional(.string)]))))),
    ])
}
