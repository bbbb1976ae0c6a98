#include "base/json.h"

#include <charconv>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace pedigree {
namespace {

// Builds the document while refusing what nlohmann's own parser lets pass: duplicate keys (the last
// would win silently) and unbounded depth (destruction recurses).
class StrictBuilder : public nlohmann::json_sax<Json> {
  public:
    explicit StrictBuilder(std::size_t depth_max) : depth_max_(depth_max) {}

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override {
        if (!std::isfinite(value)) {
            return refuse("number out of range");
        }
        return put(value);
    }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return refuse("binary value"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool key(string_t& value) override {
        if (stack_.back()->contains(value)) {
            return refuse("duplicate key \"" + value.substr(0, 80) + "\"");
        }
        key_ = std::move(value);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception&) override {
        if (problem_.empty()) {
            problem_ = fmt::format("not valid JSON at byte {}", position);
        }
        return false;
    }

    Json take() { return std::move(root_); }
    const std::string& problem() const { return problem_; }

  private:
    bool refuse(std::string what) {
        problem_ = std::move(what);
        return false;
    }
    Json* place(Json value) {
        if (stack_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        if (stack_.back()->is_array()) {
            stack_.back()->push_back(std::move(value));
            return &stack_.back()->back();
        }
        Json& slot = (*stack_.back())[key_];
        slot = std::move(value);
        return &slot;
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (stack_.size() >= depth_max_) {
            return refuse(fmt::format("nested deeper than {} levels", depth_max_));
        }
        stack_.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        stack_.pop_back();
        return true;
    }

    std::size_t depth_max_;
    Json root_;
    std::vector<Json*> stack_;
    std::string key_;
    std::string problem_;
};

void append_canonical(const Json& value, std::string& out) {
    switch (value.type()) {
    case Json::value_t::object: {
        out += '{';
        bool first = true;
        for (const auto& [key, member] : value.items()) { // nlohmann keeps keys sorted by bytes
            out += first ? "" : ",";
            first = false;
            out += Json(key).dump(-1, ' ', true, Json::error_handler_t::replace);
            out += ':';
            append_canonical(member, out);
        }
        out += '}';
        return;
    }
    case Json::value_t::array: {
        out += '[';
        bool first = true;
        for (const auto& member : value) {
            out += first ? "" : ",";
            first = false;
            append_canonical(member, out);
        }
        out += ']';
        return;
    }
    case Json::value_t::number_float: // JSON has no word for what is not finite
        out += std::isfinite(value.get<double>()) ? canonical_number(value.get<double>()) : "null";
        return;
    default:
        out += value.dump(-1, ' ', true, Json::error_handler_t::replace);
    }
}

const Json* member(const Json& object, std::string_view name) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(std::string(name));
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

} // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes_max) {
        return failure(ErrorCode::TooLarge,
                       fmt::format("JSON document of {} bytes is larger than {}", text.size(),
                                   limits.bytes_max));
    }
    StrictBuilder builder(limits.depth_max);
    if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
        return failure(ErrorCode::InvalidInput, builder.problem());
    }
    return builder.take();
}

std::string json_text(const Json& value, JsonForm form) {
    return value.dump(form == JsonForm::Indented ? 2 : -1, ' ', form == JsonForm::AsciiLine,
                      Json::error_handler_t::replace);
}

std::string canonical_number(double value) {
    if (value == 0) {
        return "0"; // RFC 8785: minus zero is zero
    }
    if (!std::isfinite(value)) {
        return std::isnan(value) ? "NaN"
               : value < 0       ? "-Infinity"
                                 : "Infinity"; // ECMAScript's words
    }
    // ECMAScript's Number::toString: shortest digits, exponent outside 1e-7 .. 1e21.
    char digits[64];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific);
    const std::string_view text(digits, static_cast<std::size_t>(end.ptr - digits));
    const auto e = text.find('e');
    std::string mantissa(text.substr(0, e));
    const int exponent = std::stoi(std::string(text.substr(e + 1)));
    std::string sign;
    if (mantissa.front() == '-') {
        sign = "-";
        mantissa.erase(0, 1);
    }
    std::string plain;
    for (const char c : mantissa) {
        if (c != '.') {
            plain += c;
        }
    }
    const int count = static_cast<int>(plain.size());
    const int point = exponent + 1;
    if (point > 21 || point < -5) {
        std::string out = sign + plain.substr(0, 1);
        if (count > 1) {
            out += "." + plain.substr(1);
        }
        return out + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
    }
    if (point <= 0) {
        return sign + "0." + std::string(static_cast<std::size_t>(-point), '0') + plain;
    }
    if (point >= count) {
        return sign + plain + std::string(static_cast<std::size_t>(point - count), '0');
    }
    return sign + plain.substr(0, static_cast<std::size_t>(point)) + "." +
           plain.substr(static_cast<std::size_t>(point));
}

std::string canonical_json(const Json& value) {
    std::string out;
    append_canonical(value, out);
    return out;
}

Result<std::string> string_field(const Json& object, std::string_view name) {
    const Json* found = member(object, name);
    if (found == nullptr || !found->is_string()) {
        return failure(ErrorCode::InvalidInput, fmt::format("field \"{}\" must be a string", name));
    }
    return found->get<std::string>();
}

Result<std::int64_t> integer_field(const Json& object, std::string_view name) {
    const Json* found = member(object, name);
    if (found == nullptr || !found->is_number_integer()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("field \"{}\" must be an integer", name));
    }
    return found->get<std::int64_t>();
}

Result<bool> bool_field(const Json& object, std::string_view name) {
    const Json* found = member(object, name);
    if (found == nullptr || !found->is_boolean()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("field \"{}\" must be true or false", name));
    }
    return found->get<bool>();
}

std::string string_or(const Json& object, std::string_view name, std::string_view fallback) {
    const Json* found = member(object, name);
    return found != nullptr && found->is_string() ? found->get<std::string>()
                                                  : std::string(fallback);
}

std::int64_t integer_or(const Json& object, std::string_view name, std::int64_t fallback) {
    const Json* found = member(object, name);
    return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : fallback;
}

bool bool_or(const Json& object, std::string_view name, bool fallback) {
    const Json* found = member(object, name);
    return found != nullptr && found->is_boolean() ? found->get<bool>() : fallback;
}

const Json& at_path(const Json& object, std::initializer_list<std::string_view> keys) {
    static const Json null_value;
    const Json* current = &object;
    for (const auto key : keys) {
        current = member(*current, key);
        if (current == nullptr) {
            return null_value;
        }
    }
    return *current;
}

} // namespace pedigree
