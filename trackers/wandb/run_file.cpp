#include "trackers/wandb/run_file.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/protobuf.h"
#include "base/text.h"
#include "trackers/wandb/limits.h"
#include "trackers/wandb/python_json.h"
#include "trackers/wandb/uploads.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::size_t file_tags = 100;

constexpr char path_separator = '\x1f'; // ASCII's "unit separator"
constexpr int path_parts = 8;

struct Item {
    std::string path; // keys from the outside in, path_separator between them
    int parts = 0;
    std::string_view value;
};

// 0.15.12 writes {key "layer", value {"norm":1}}, wandb-core {nested_key "layer" "norm", value 1}.
Item read_item(std::string_view message) {
    Item item;
    for (ProtobufReader wire(message); auto field = wire.next();) {
        if (field->number == 16) {
            item.value = field->bytes;
        } else if ((field->number == 1 || field->number == 2) && !field->bytes.empty()) {
            item.path += item.parts == 0 ? std::string() : std::string(1, path_separator);
            item.path += field->bytes;
            ++item.parts;
        }
    }
    if (!is_utf8(item.path)) {
        item.path = valid_utf8(item.path);
    }
    return item;
}

// The member at this path, made with what leads to it; null if something else than an object does.
Json* place_at(Json& object, std::string_view path) {
    Json* place = &object;
    while (true) {
        if (!place->is_object()) {
            return nullptr;
        }
        const std::size_t end = path.find(path_separator);
        const auto inserted = place->emplace(std::string(path.substr(0, end)), Json::object());
        place = &*inserted.first;
        if (end == path.npos) {
            return place;
        }
        path.remove_prefix(end + 1);
    }
}

std::string_view bytes_in(std::string_view message, std::uint32_t number) {
    std::string_view found;
    for (ProtobufReader wire(message); auto field = wire.next();) {
        found = field->number == number ? field->bytes : found;
    }
    return found;
}

} // namespace

RunFile::RunFile(Runs& runs, std::string entity, RowSink on_row)
    : runs_(runs), entity_(std::move(entity)), on_row_(std::move(on_row)) {}

void RunFile::feed(std::string_view bytes) {
    log_.feed(bytes);
    while (const auto record = log_.next()) {
        ++records_;
        take(*record);
    }
}

void RunFile::take(std::string_view record) {
    ProtobufReader wire(record);
    while (const auto field = wire.next()) {
        if (field->kind != ProtobufKind::Bytes) {
            continue;
        }
        if (field->number == 17) {
            take_run(field->bytes);
        }
        if (run_ == nullptr) {
            continue;
        }
        switch (field->number) {
        case 2:
            take_history(field->bytes);
            break;
        case 3:
            take_items(summary_, field->bytes);
            break;
        case 5:
            take_items(config_, field->bytes);
            break;
        case 7:
            take_stats(field->bytes);
            break;
        case 8:
            take_artifact(field->bytes);
            break;
        case 18: {
            std::int64_t code = 0;
            for (ProtobufReader exit(field->bytes); auto part = exit.next();) {
                code = part->number == 1 ? static_cast<std::int32_t>(part->bits) : code;
            }
            if (!run_->exit_code) {
                runs_.end(*run_, code);
            }
            break;
        }
        default:
            break;
        }
    }
    unreadable_ += wire.broken() ? 1 : 0;
}

void RunFile::take_run(std::string_view message) {
    std::map<std::uint32_t, std::string_view> texts;
    std::vector<std::string> tags;
    for (ProtobufReader wire(message); auto field = wire.next();) {
        if (field->number == 10 && tags.size() < file_tags && is_id(field->bytes)) {
            tags.emplace_back(field->bytes);
        } else if (field->kind == ProtobufKind::Bytes && field->number < 32) {
            texts[field->number] = field->bytes;
        }
    }
    const std::string_view project = texts[3].empty() ? "uncategorized" : texts[3];
    if (run_ == nullptr && is_id(texts[1]) && is_id(project)) {
        run_ = runs_.find_or_add(project, texts[1]);
        stream_step_ = run_ != nullptr ? run_->last_step.value_or(-1) : -1;
    }
    if (run_ == nullptr) {
        return;
    }
    const std::pair<std::string*, std::string_view> places[] = {
        {&run_->group, texts[6]},
        {&run_->job_type, texts[7]},
        {&run_->notes, texts[9]},
        {&run_->remote, bytes_in(texts[21], 1)},
        {&run_->commit, bytes_in(texts[21], 2)}};
    for (const auto& [place, text] : places) {
        if (place->empty() && !text.empty()) {
            runs_.keep_text(*run_, *place, text);
        }
    }
    if (run_->name == run_->id && !texts[8].empty()) {
        runs_.keep_text(*run_, run_->name, texts[8]);
    }
    if (run_->entity.empty()) {
        run_->entity = is_id(texts[2]) ? std::string(texts[2]) : entity_;
    }
    if (run_->tags.empty()) {
        run_->tags = std::move(tags);
    }
    take_items(config_, texts[4]);
}

void RunFile::take_history(std::string_view message) {
    Row row;
    Json nested = Json::object();
    bool readable = true;
    std::optional<std::int64_t> step;
    ProtobufReader wire(message);
    while (const auto field = wire.next()) {
        if (field->number == 1) {
            const Item item = read_item(field->bytes);
            if (item.parts == 1) {
                readable = add_item(row, item.path, item.value) && readable;
            } else if (item.parts > path_parts) {
                ++row.keys_left_out;
            } else if (Json* place = place_at(nested, item.path)) {
                *place = parse_python_json(item.value).value_or(Json());
            }
        } else if (field->number == 2) {
            step = 0; // proto3 leaves a zero out
            for (ProtobufReader inner(field->bytes); auto part = inner.next();) {
                step = part->number == 1 ? static_cast<std::int64_t>(part->bits) : step;
            }
        }
    }
    if (!row.step && step && *step >= 0) {
        row.step = step;
    }
    add_members(row, nested);
    take_row(row, readable && !wire.broken());
}

void RunFile::take_row(const Row& row, bool readable) {
    if (!readable) {
        ++unreadable_;
        ++run_->rows_unreadable;
        return;
    }
    last_step_ = std::max(last_step_, row.step.value_or(last_step_ + 1));
    if (runs_.add_row(*run_, row, Source::File) && on_row_) {
        on_row_(*run_, row);
    }
}

void RunFile::take_stats(std::string_view message) {
    if (run_->event_lines > 0) {
        return;
    }
    Row row;
    for (ProtobufReader wire(message); auto field = wire.next();) {
        if (field->number == 3) {
            const Item item = read_item(field->bytes);
            (void)add_item(row, "system." + item.path, item.value);
        }
    }
    runs_.add_system_row(*run_, row, stats_++);
}

void RunFile::take_artifact(std::string_view message) {
    std::map<std::uint32_t, std::string_view> texts;
    std::vector<std::string> aliases;
    for (ProtobufReader wire(message); auto field = wire.next();) {
        if (field->number == 11 && aliases.size() < file_tags && is_id(field->bytes)) {
            aliases.emplace_back(field->bytes);
        } else if (field->kind == ProtobufKind::Bytes && field->number < 32) {
            texts[field->number] = field->bytes;
        }
    }
    const bool known =
        std::any_of(run_->artifacts.begin(), run_->artifacts.end(), [&](const auto& artifact) {
            return artifact->name == texts[5] && artifact->digest == texts[6];
        });
    Artifact* artifact = known || !is_file_name(texts[5]) ? nullptr : runs_.add_artifact(*run_);
    if (artifact == nullptr) {
        return;
    }
    runs_.keep_text(*run_, artifact->name, texts[5]);
    runs_.keep_text(*run_, artifact->type, texts[4]);
    runs_.keep_text(*run_, artifact->digest, texts[6]);
    runs_.keep_text(*run_, artifact->metadata, texts[8]);
    artifact->aliases = std::move(aliases);
    for (ProtobufReader manifest(texts[12]); auto field = manifest.next();) {
        const std::string_view name = field->number == 4 ? bytes_in(field->bytes, 1) : "";
        File* file = is_file_name(name) ? runs_.file(*run_, artifact->files, name) : nullptr;
        if (file != nullptr) {
            file->md5 = valid_utf8(bytes_in(field->bytes, 2).substr(0, 64));
        }
    }
}

void RunFile::put(Texts& texts, std::string key, std::string_view value) {
    const auto found = texts.find(key);
    const std::size_t before = found == texts.end() ? 0 : found->second.size();
    const std::size_t more = (found == texts.end() ? key.size() : 0) + value.size();
    if (texts_bytes_ - before + more > wandb_texts_bytes_max) {
        ++run_->texts_left_out;
        return;
    }
    texts_bytes_ = texts_bytes_ - before + more;
    texts[std::move(key)] = value;
}

void RunFile::take_items(Texts& texts, std::string_view message) {
    for (ProtobufReader wire(message); auto field = wire.next();) {
        Item item = read_item(field->bytes);
        if (field->number <= 2 && item.parts > 0 && item.parts <= path_parts) { // update, remove
            put(texts, std::move(item.path), field->number == 1 ? item.value : "");
        }
    }
}

// The stream's text with what the file says: where the file is behind the stream only what is
// missing.
std::string RunFile::joined(const std::string& text, const Texts& texts, bool is_config) const {
    const auto parsed = parse_python_json(text);
    const Json before = parsed && parsed->is_object() ? *parsed : Json::object();
    Json object = before;
    const bool newer = is_config || last_step_ >= stream_step_;
    for (const auto& [path, value_text] : texts) {
        const std::string top = path.substr(0, path.find(path_separator));
        if (!newer && before.contains(top)) {
            continue;
        }
        if (value_text.empty()) {
            object.erase(top);
            continue;
        }
        const auto value = parse_python_json(value_text);
        Json* place = value ? place_at(object, path) : nullptr;
        if (place != nullptr) {
            *place = is_config ? Json{{"value", *value}} : *value;
        }
    }
    return json_text(object);
}

Run* RunFile::finish() {
    if (run_ == nullptr) {
        return nullptr;
    }
    if (!config_.empty()) {
        runs_.keep_text(*run_, run_->config_text, joined(run_->config_text, config_, true));
    }
    if (!summary_.empty()) {
        runs_.keep_text(*run_, run_->summary_text, joined(run_->summary_text, summary_, false));
    }
    config_.clear();
    summary_.clear();
    return run_;
}

} // namespace pedigree::trackers::wandb
