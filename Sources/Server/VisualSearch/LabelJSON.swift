import Basics
import Imaging
import VisualSearch

extension LabelPicture {
    /// The picture as routes tell it.
    var json: JSON {
        [
            "label": .int(number), "name": .string(name), "width": .int(Int64(size.width)),
            "height": .int(Int64(size.height)), "picture": picture.map { .int($0) } ?? .null,
            "held_out": .bool(isHeldOut), "done": .bool(isDone), "revision": .int(revision), "by": .string(editedBy),
            "at": .int(editedMilliseconds), "count": .int(Int64(boxes)), "unsure": .int(Int64(unsure)),
            "category": category.map { .string($0) } ?? .null,
        ]
    }
}

extension LabelBox {
    /// The box as routes tell it: `box` is [x, y, width, height] in upright pixels.
    var json: JSON {
        var object: JSONObject = [
            "id": .int(number),
            "box": .array([box.left, box.top, box.right - box.left, box.bottom - box.top].map { .double($0) }),
            "category": .string(box.category), "source": .string(source.rawValue), "state": .string(state.rawValue),
        ]
        if !model.isEmpty { object["model"] = .string(model) }
        object["score"] = score.map { .double($0) }
        object["round"] = round.map { .int($0) }
        object["by"] = confirmedBy.map { .string($0) }
        return .object(object)
    }
}

extension LabelEvent {
    /// The event as routes tell it.
    var json: JSON {
        [
            "id": .int(box), "act": .string(act), "by": .string(by), "shape": shape, "at": .int(atMilliseconds),
        ]
    }
}

extension LabelRound {
    /// The round as routes tell it.
    var json: JSON {
        [
            "round": .int(number), "model": .string(model), "state": .string(state.rawValue),
            "precision": precision.map { .double($0) } ?? .null,
            "ap50": averagePrecision.map { .double($0) } ?? .null, "figures": figures, "by": .string(by),
            "at": .int(atMilliseconds),
        ]
    }
}

extension LabelFigures {
    /// The counts as routes tell them.
    var json: JSON {
        var categories = JSONObject()
        for (name, count) in boxes.sorted(by: { $0.key < $1.key }) { categories[name] = .int(Int64(count)) }
        return [
            "pictures": .int(pictures), "done": .int(done), "held_out": .int(heldOut), "boxes": .object(categories),
            "audited_right": .int(auditedRight), "audited_wrong": .int(auditedWrong), "audit_open": .int(auditOpen),
            "error_rate": errorRate.map { .double($0) } ?? .null,
        ]
    }
}
