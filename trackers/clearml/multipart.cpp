#include "trackers/clearml/multipart.h"

#include <algorithm>

#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::size_t boundary_bytes_max = 70; // RFC 2046
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

bool starts_with_word(std::string_view text, std::string_view word) {
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(),
                      [](char wanted, char byte) { return wanted == lower(byte); });
}

// The parameter of a header's value, `; name="x"` or `; name=x`; "" if there is none.
std::string parameter(std::string_view value, std::string_view name) {
    while (true) {
        const std::size_t semicolon = value.find(';');
        if (semicolon == value.npos) {
            return {};
        }
        value.remove_prefix(semicolon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
        if (!starts_with_word(value, name) || value.substr(name.size(), 1) != "=") {
            continue;
        }
        value.remove_prefix(name.size() + 1);
        if (!value.starts_with('"')) {
            return std::string(value.substr(0, value.find_first_of("; \t")));
        }
        return std::string(value.substr(1, value.find('"', 1) - 1));
    }
}

// What a browser, and so the SDK, does with bytes that would end a quoted name (HTML's form data).
std::string unquoted(std::string name) {
    for (const auto& [code, byte] :
         {std::pair{"%22", '"'}, std::pair{"%0D", '\r'}, std::pair{"%0A", '\n'}}) {
        for (std::size_t at = name.find(code); at != name.npos; at = name.find(code, at)) {
            name.replace(at, 3, 1, byte);
            ++at;
        }
    }
    return name;
}

} // namespace

Multipart::Multipart(std::string boundary) : delimiter_("\r\n--" + std::move(boundary)) {
    rest_ = line_end; // so that the first delimiter is one like the others
}

Result<Multipart> Multipart::of(std::string_view content_type) {
    const std::string boundary = starts_with_word(content_type, "multipart/form-data")
                                     ? parameter(content_type, "boundary")
                                     : std::string();
    if (boundary.empty() || boundary.size() > boundary_bytes_max) {
        return failure(ErrorCode::InvalidInput,
                       "pedigree: a file is sent as multipart/form-data with its boundary");
    }
    return Multipart(boundary);
}

Status Multipart::feed(std::string_view bytes, const PartSink& sink) {
    rest_ += bytes;
    while (true) {
        TRY(const bool went_on, step(sink));
        if (!went_on) {
            return {};
        }
    }
}

// True: there may be more to take.
Result<bool> Multipart::step(const PartSink& sink) {
    switch (at_) {
    case At::Preamble: {
        const std::size_t found = rest_.find(delimiter_);
        if (found == rest_.npos) {
            rest_.erase(0, rest_.size() - std::min(rest_.size(), delimiter_.size() - 1));
            return false;
        }
        rest_.erase(0, found + delimiter_.size());
        at_ = At::Delimiter;
        return true;
    }
    case At::Delimiter:
        return take_delimiter();
    case At::Head:
        return take_head(sink);
    case At::Data:
        return take_data(sink);
    case At::End:
        rest_.clear();
        return false;
    }
    return false;
}

// Behind a delimiter stands the end of its line, or "--" if it was the last one.
Result<bool> Multipart::take_delimiter() {
    if (rest_.size() < 2) {
        return false;
    }
    if (rest_.starts_with("--")) {
        at_ = At::End;
        return true;
    }
    if (!rest_.starts_with(line_end)) {
        return failure(ErrorCode::InvalidInput, "pedigree: a delimiter of an upload is damaged");
    }
    at_ = At::Head; // keeps the line's end: a head may be empty
    return true;
}

Result<bool> Multipart::take_head(const PartSink& sink) {
    const std::size_t end = rest_.find(head_end);
    if (std::min(end, rest_.size()) > clearml_part_head_bytes_max) {
        return failure(ErrorCode::TooLarge,
                       "pedigree: the head of a part of an upload is too long");
    }
    if (end == rest_.npos) {
        return false;
    }
    std::string name;
    std::string_view lines = std::string_view(rest_).substr(0, end);
    while (!lines.empty()) {
        lines.remove_prefix(line_end.size());
        const std::size_t line_bytes = std::min(lines.find(line_end), lines.size());
        const std::string_view line = lines.substr(0, line_bytes);
        lines.remove_prefix(line_bytes);
        if (starts_with_word(line, "content-disposition:")) {
            name = unquoted(parameter(line, "name"));
        }
    }
    rest_.erase(0, end + head_end.size());
    at_ = At::Data;
    TRY(sink.begin(name));
    return true;
}

// All but what may be the beginning of a delimiter.
Result<bool> Multipart::take_data(const PartSink& sink) {
    const std::size_t found = rest_.find(delimiter_);
    const bool ends = found != rest_.npos;
    const std::size_t bytes =
        ends ? found : rest_.size() - std::min(rest_.size(), delimiter_.size() - 1);
    if (bytes > 0) {
        TRY(sink.data(std::string_view(rest_).substr(0, bytes)));
    }
    rest_.erase(0, bytes + (ends ? delimiter_.size() : 0));
    if (ends) {
        at_ = At::Delimiter;
        TRY(sink.end());
    }
    return ends;
}

} // namespace pedigree::trackers::clearml
