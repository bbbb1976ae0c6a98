#include "trackers/tensorboard/event.h"

#include "base/json.h"
#include "base/protobuf.h"
#include "trackers/tensorboard/tensor.h"

namespace pedigree::trackers::tensorboard {
namespace {

using Kind = ProtobufKind;

struct Plugin {
    std::string_view name, content;
};

Plugin plugin_of(std::string_view metadata) {
    Plugin plugin;
    ProtobufReader message(metadata);
    while (const auto field = message.next()) {
        if (!field->is(1, Kind::Bytes)) {
            continue;
        }
        ProtobufReader data(field->bytes);
        while (const auto part = data.next()) {
            if (part->is(1, Kind::Bytes)) {
                plugin.name = part->bytes;
            } else if (part->is(2, Kind::Bytes)) {
                plugin.content = part->bytes;
            }
        }
    }
    return plugin;
}

ValueKind hparams_kind(std::string_view content, std::string_view& within) {
    ProtobufReader message(content);
    ValueKind kind = ValueKind::Other;
    while (const auto field = message.next()) {
        if (field->is(3, Kind::Bytes) || field->is(4, Kind::Bytes)) {
            kind = field->number == 3 ? ValueKind::SessionStart : ValueKind::SessionEnd;
            within = field->bytes;
        }
    }
    return message.broken() ? ValueKind::Other : kind;
}

struct ValueFields {
    Value value;
    std::string_view tensor;
    bool has_tensor = false, has_metadata = false;
    Plugin plugin;
};

// What a tensor is, its plugin says.
void judge_tensor(ValueFields& fields) {
    Value& value = fields.value;
    const std::string_view plugin = fields.plugin.name;
    if (plugin == "hparams") {
        value.kind = hparams_kind(fields.plugin.content, value.content);
    } else if (plugin == "images") {
        value.kind = ValueKind::Image;
    } else if (plugin == "audio") {
        value.kind = ValueKind::Audio;
    } else if (plugin == "histograms") {
        value.kind = ValueKind::Histogram;
    } else if (plugin == "text") {
        value.kind = ValueKind::Text;
    } else if (plugin == "scalars" || !fields.has_metadata) {
        if (const auto number = scalar_of(fields.tensor)) {
            value.kind = fields.has_metadata ? ValueKind::Scalar : ValueKind::Tensor;
            value.number = *number;
        }
    }
}

std::optional<Value> read_value(std::string_view bytes) {
    ValueFields fields;
    ProtobufReader message(bytes);
    while (const auto field = message.next()) {
        if (field->is(1, Kind::Bytes)) {
            fields.value.tag = field->bytes;
        } else if (field->is(2, Kind::Fixed32)) {
            fields.value.kind = ValueKind::Scalar;
            fields.value.number = field->float32();
        } else if (field->is(4, Kind::Bytes)) {
            fields.value.kind = ValueKind::Image;
        } else if (field->is(5, Kind::Bytes)) {
            fields.value.kind = ValueKind::Histogram;
        } else if (field->is(6, Kind::Bytes)) {
            fields.value.kind = ValueKind::Audio;
        } else if (field->is(8, Kind::Bytes)) {
            fields.has_tensor = true;
            fields.tensor = field->bytes;
        } else if (field->is(9, Kind::Bytes)) {
            fields.has_metadata = true;
            fields.plugin = plugin_of(field->bytes);
        }
    }
    if (message.broken()) {
        return std::nullopt;
    }
    // tensorboardX writes HParams without a tensor.
    if (fields.has_tensor || fields.plugin.name == "hparams") {
        judge_tensor(fields);
    }
    return fields.value;
}

std::optional<std::string> text_of(std::string_view value) {
    std::optional<std::string> text;
    ProtobufReader message(value);
    while (const auto field = message.next()) {
        if (field->is(2, Kind::Fixed64)) {
            text = canonical_number(field->float64());
        } else if (field->is(3, Kind::Bytes)) {
            text = std::string(field->bytes);
        } else if (field->is(4, Kind::Varint)) {
            text = field->bits != 0 ? "true" : "false";
        }
    }
    return message.broken() ? std::nullopt : text;
}

} // namespace

std::optional<Event> read_event(std::string_view record) {
    Event event;
    ProtobufReader message(record);
    while (const auto field = message.next()) {
        if (field->is(1, Kind::Fixed64)) {
            event.wall_time = field->float64();
        } else if (field->is(2, Kind::Varint)) {
            event.step = field->integer();
        } else if (field->is(4, Kind::Bytes)) {
            event.has_graph = true;
        } else if (field->is(5, Kind::Bytes)) {
            event.summary = field->bytes;
        }
    }
    return message.broken() ? std::nullopt : std::optional(event);
}

bool each_value(std::string_view summary, const std::function<void(const Value&)>& take) {
    ProtobufReader message(summary);
    while (const auto field = message.next()) {
        if (!field->is(1, Kind::Bytes)) {
            continue;
        }
        const auto value = read_value(field->bytes);
        if (!value) {
            return false;
        }
        take(*value);
    }
    return !message.broken();
}

bool each_parameter(std::string_view content,
                    const std::function<void(std::string_view, std::optional<std::string>)>& take) {
    ProtobufReader message(content);
    while (const auto field = message.next()) {
        if (!field->is(1, Kind::Bytes)) {
            continue;
        }
        std::string_view name, value;
        ProtobufReader entry(field->bytes);
        while (const auto part = entry.next()) {
            if (part->is(1, Kind::Bytes)) {
                name = part->bytes;
            } else if (part->is(2, Kind::Bytes)) {
                value = part->bytes;
            }
        }
        if (entry.broken()) {
            return false;
        }
        take(name, text_of(value));
    }
    return !message.broken();
}

std::string_view status_of(std::string_view content) {
    std::int64_t status = 0;
    ProtobufReader message(content);
    while (const auto field = message.next()) {
        status = field->is(1, Kind::Varint) ? field->integer() : status;
    }
    switch (status) {
    case 1:
        return "SUCCESS";
    case 2:
        return "FAILURE";
    case 3:
        return "RUNNING";
    default:
        return "";
    }
}

} // namespace pedigree::trackers::tensorboard
