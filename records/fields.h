#pragma once
// How structs become JSON and back: each struct is described once, as a list of names and members,
// and both directions walk that list, so that they cannot differ:
//
//     template <typename Visit, Is<PodOutput> Self>
//     void describe(Visit& visit, Self& output) {
//         visit.required("name", output.name);
//         visit("kind", output.kind);
//         visit.required("digest", output.digest, Digest::parse); // with a check of the value
//     }
//
//     Json document = encoded(output);
//     TRY(const PodOutput again, decoded<PodOutput>(document));
//
// What a member may be: text, a 64-bit integer, a bool, an enum by its word, a Digest, a Secret, a
// MetricValue, any struct that is described, and optionals, lists and maps by name of these; one
// more is an encode() and a decode() below. Numbers that are no integers are no members: a
// document's digest must not depend on who writes them.
//
// A field that is missing or null keeps the struct's default unless it is required; one of another
// type, or that its check refuses, is InvalidInput that names its path ("artifacts[0].digest"). A
// field that nobody describes is passed over: a newer program may have written it. Documents come
// from pods and children, so lists and maps have a limit, and no name is said in full; who calls
// has bounded bytes and depth (base/json.h). Pure. Included by the codecs of this folder alone.

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "base/metric_value.h"
#include "base/secret.h"
#include "base/words.h"

namespace pedigree::records {

// `describe` is written once for the const and the mutable struct.
template <typename Self, typename Struct>
concept Is = std::same_as<std::remove_const_t<Self>, Struct>;

// The visitor that writes. An optional that is empty has no field.
class Encoder {
  public:
    template <typename T>
    void operator()(const char* name, const T& member) {
        object_[name] = encode(member);
    }
    template <typename T>
    void operator()(const char* name, const std::optional<T>& member) {
        if (member) {
            object_[name] = encode(*member);
        }
    }
    template <typename T, typename... Check>
    void required(const char* name, const T& member, Check...) {
        (*this)(name, member);
    }
    Json take() { return std::move(object_); }

    static Json encode(const std::string& value) { return value; }
    static Json encode(std::int64_t value) { return value; }
    static Json encode(bool value) { return value; }
    template <Worded Enum>
    static Json encode(Enum value) {
        return std::string(to_string(value));
    }
    static Json encode(const Digest& value) { return value.text(); }
    static Json encode(const Secret& value) { return value.reveal(); }
    static Json encode(const MetricValue& value) { return value.text(); }
    template <typename T>
    static Json encode(const std::vector<T>& values) {
        Json list = Json::array();
        for (const T& value : values) {
            list.push_back(encode(value));
        }
        return list;
    }
    template <typename T>
    static Json encode(const std::map<std::string, T>& values) {
        Json object = Json::object();
        for (const auto& [key, value] : values) {
            object[key] = encode(value);
        }
        return object;
    }
    template <typename T>
        requires requires(Encoder& visit, const T& value) { describe(visit, value); }
    static Json encode(const T& value) {
        Encoder visit;
        describe(visit, value);
        return visit.take();
    }

  private:
    Json object_ = Json::object();
};

constexpr std::size_t elements_max = 100'000; // of one list or map
constexpr std::size_t named_key_bytes_max = 80;

// The visitor that reads: the first thing that is wrong is kept, and nothing is read after it.
class Decoder {
  public:
    explicit Decoder(const Json& object) : object_(object) {
        if (!object.is_object()) {
            problem_ = ": an object is expected";
        }
    }

    template <typename T>
    void operator()(const char* name, T& member) {
        const Json& value = at_path(object_, {name});
        if (problem_.empty() && !value.is_null()) {
            note(name, decode(value, member));
        }
    }
    template <typename T>
    void required(const char* name, T& member) {
        if (problem_.empty() && at_path(object_, {name}).is_null()) {
            return note(name, ": is missing");
        }
        (*this)(name, member);
    }
    // `check` gives a Result: what the value must fulfil beyond its type.
    template <typename T, typename Check>
    void required(const char* name, T& member, Check check) {
        required(name, member);
        if (problem_.empty()) {
            if (const auto checked = check(member); !checked) {
                note(name, ": " + checked.error().message);
            }
        }
    }
    Status status() const {
        if (problem_.empty()) {
            return {};
        }
        const bool of_field = problem_.starts_with('.');
        return failure(ErrorCode::InvalidInput, problem_.substr(of_field ? 1 : 2));
    }

  private:
    void note(std::string_view name, const std::string& wrong) {
        if (!wrong.empty()) {
            problem_ = fmt::format(".{}{}", name, wrong);
        }
    }

    // Each gives what is wrong, behind the path to it (".name", "[7]"), or nothing.
    static std::string decode(const Json& value, std::string& out) {
        if (!value.is_string()) {
            return ": a string is expected";
        }
        out = value.get<std::string>();
        return {};
    }
    static std::string decode(const Json& value, std::int64_t& out) {
        if (!value.is_number_integer()) {
            return ": an integer is expected";
        }
        out = value.get<std::int64_t>();
        return {};
    }
    static std::string decode(const Json& value, bool& out) {
        if (!value.is_boolean()) {
            return ": true or false is expected";
        }
        out = value.get<bool>();
        return {};
    }
    template <Worded Enum>
    static std::string decode(const Json& value, Enum& out) {
        const auto known = from_word<Enum>(value.is_string() ? value.get<std::string>() : "");
        if (!value.is_string() || !known) {
            return ": is none of the words that are known here";
        }
        out = *known;
        return {};
    }
    static std::string decode(const Json& value, Digest& out) {
        const auto digest = Digest::parse(value.is_string() ? value.get<std::string>() : "");
        out = digest.value_or(Digest());
        return digest ? "" : ": a sha256 digest is expected";
    }
    static std::string decode(const Json& value, Secret& out) {
        std::string text;
        std::string wrong = decode(value, text);
        out = Secret(std::move(text));
        return wrong;
    }
    static std::string decode(const Json& value, MetricValue& out) {
        std::string text;
        if (std::string wrong = decode(value, text); !wrong.empty()) {
            return wrong;
        }
        const auto number = MetricValue::parse(text);
        out = number.value_or(MetricValue());
        return number ? "" : ": " + number.error().message;
    }
    template <typename T>
    static std::string decode(const Json& value, std::optional<T>& out) {
        return decode(value, out.emplace());
    }
    template <typename T>
    static std::string decode(const Json& value, std::vector<T>& out) {
        if (!value.is_array()) {
            return ": a list is expected";
        }
        if (value.size() > elements_max) {
            return fmt::format(": has more than {} elements", elements_max);
        }
        for (const Json& element : value) {
            if (std::string wrong = decode(element, out.emplace_back()); !wrong.empty()) {
                return fmt::format("[{}]{}", out.size() - 1, wrong);
            }
        }
        return {};
    }
    template <typename T>
    static std::string decode(const Json& value, std::map<std::string, T>& out) {
        if (!value.is_object()) {
            return ": an object is expected";
        }
        if (value.size() > elements_max) {
            return fmt::format(": has more than {} elements", elements_max);
        }
        for (const auto& [key, element] : value.items()) {
            if (std::string wrong = decode(element, out[key]); !wrong.empty()) {
                return fmt::format(".{}{}", key.substr(0, named_key_bytes_max), wrong);
            }
        }
        return {};
    }
    template <typename T>
        requires requires(Decoder& visit, T& value) { describe(visit, value); }
    static std::string decode(const Json& value, T& out) {
        Decoder visit(value);
        describe(visit, out);
        return visit.problem_;
    }

    const Json& object_;
    std::string problem_;
};

template <typename T>
Json encoded(const T& value) {
    return Encoder::encode(value);
}

template <typename T>
Result<T> decoded(const Json& document) {
    T value;
    Decoder visit(document);
    describe(visit, value);
    TRY(visit.status());
    return value;
}

} // namespace pedigree::records
