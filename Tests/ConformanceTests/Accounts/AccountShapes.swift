import Basics
import TestSupport

/// Shapes of replies as the Matrix client-server API v1.13 gives them, in our own words.
enum AccountShapes {
    static let error = Shape.object(["errcode": .required(.string), "error": .required(.string)])

    /// POST /login and POST /register.
    static let session = Shape.object([
        "user_id": .required(.identifier("@")), "access_token": .required(.string), "device_id": .required(.string),
        "refresh_token": .optional(.string), "expires_in_ms": .optional(.int), "home_server": .optional(.string),
        "well_known": .optional(.any),
    ])

    /// 401 of interactive authentication.
    static let challenge = Shape.object([
        "session": .required(.string), "params": .required(.map(.any)), "completed": .optional(.list(.string)),
        "flows": .required(.list(.object(["stages": .required(.list(.string))]))),
        "errcode": .optional(.string), "error": .optional(.string),
    ])

    static let versions = Shape.object([
        "versions": .required(.list(.string)), "unstable_features": .optional(.map(.bool)),
    ])

    static let capabilities = Shape.object([
        "capabilities": .required(
            .object([
                "m.change_password": .required(enabled), "m.set_displayname": .required(enabled),
                "m.set_avatar_url": .required(enabled), "m.3pid_changes": .required(enabled),
                "m.get_login_token": .required(enabled),
                "m.room_versions": .required(
                    .object(["default": .required(.string), "available": .required(.map(.string))])),
            ]))
    ])
    private static let enabled = Shape.object(["enabled": .required(.bool)])

    static let loginFlows = Shape.object(["flows": .required(.list(.object(["type": .required(.string)])))])

    static let whoami = Shape.object([
        "user_id": .required(.identifier("@")), "device_id": .optional(.string), "is_guest": .optional(.bool),
    ])

    static let device = Shape.object([
        "device_id": .required(.string), "display_name": .optional(.string), "last_seen_ip": .optional(.string),
        "last_seen_ts": .optional(.int),
    ])
    static let devices = Shape.object(["devices": .required(.list(device))])

    static let refresh = Shape.object([
        "access_token": .required(.string), "refresh_token": .optional(.string), "expires_in_ms": .optional(.int),
    ])

    static let pushRule = Shape.object([
        "rule_id": .required(.string), "default": .required(.bool), "enabled": .required(.bool),
        "actions": .required(.list(.oneOf([.string, .object(["set_tweak": .required(.string)])]))),
        "conditions": .optional(.list(.object(["kind": .required(.string)]))), "pattern": .optional(.string),
    ])
    static let pushRuleset = Shape.object([
        "override": .optional(.list(pushRule)), "content": .optional(.list(pushRule)),
        "room": .optional(.list(pushRule)), "sender": .optional(.list(pushRule)),
        "underride": .optional(.list(pushRule)),
    ])

    static let keysQuery = Shape.object([
        "device_keys": .optional(.map(.map(deviceKeys))), "failures": .optional(.map(.map(.any))),
        "master_keys": .optional(.map(crossSigningKey)), "self_signing_keys": .optional(.map(crossSigningKey)),
        "user_signing_keys": .optional(.map(crossSigningKey)),
    ])
    private static let deviceKeys = Shape.object([
        "user_id": .required(.identifier("@")), "device_id": .required(.string),
        "algorithms": .required(.list(.string)), "keys": .required(.map(.string)),
        "signatures": .required(.map(.map(.string))),
        "unsigned": .optional(.object(["device_display_name": .optional(.string)])),
    ])
    private static let crossSigningKey = Shape.object([
        "user_id": .required(.identifier("@")), "usage": .required(.list(.string)), "keys": .required(.map(.string)),
        "signatures": .optional(.map(.map(.string))),
    ])

    static let userDirectory = Shape.object([
        "limited": .required(.bool),
        "results": .required(
            .list(
                .object([
                    "user_id": .required(.identifier("@")), "display_name": .optional(.string),
                    "avatar_url": .optional(.string),
                ]))),
    ])

    static let openID = Shape.object([
        "access_token": .required(.string), "token_type": .required(.exactly("Bearer")),
        "matrix_server_name": .required(.string), "expires_in": .required(.int),
    ])

    static let whois = Shape.object([
        "user_id": .optional(.identifier("@")),
        "devices": .optional(
            .map(
                .object([
                    "sessions": .optional(
                        .list(
                            .object([
                                "connections": .optional(
                                    .list(
                                        .object([
                                            "ip": .optional(.string), "last_seen": .optional(.int),
                                            "user_agent": .optional(.string),
                                        ])))
                            ])))
                ]))),
    ])
}
