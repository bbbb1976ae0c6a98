#include "trackers/wandb/operation.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "trackers/call.h"
#include "trackers/wandb/python_json.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::size_t questions_at_once = 32;

bool is_name_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           (byte >= '0' && byte <= '9');
}

bool is_ignored(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == ',';
}

// GraphQL's tokens as far as a name needs them: names, and single bytes for all else.
class Tokens {
  public:
    explicit Tokens(std::string_view text) : text_(text) {}

    // "" at the end.
    std::string_view next() {
        skip();
        std::size_t bytes = 0;
        while (bytes < text_.size() && is_name_byte(text_[bytes])) {
            ++bytes;
        }
        if (bytes == 0 && text_.starts_with('"')) {
            const std::size_t end = text_.find('"', 1);
            bytes = end == text_.npos ? text_.size() : end + 1;
        }
        const std::string_view token = text_.substr(0, std::max<std::size_t>(bytes, 1));
        text_.remove_prefix(token.size());
        return token;
    }

  private:
    void skip() {
        while (!text_.empty()) {
            if (text_.front() == '#') {
                text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
            } else if (is_ignored(text_.front())) {
                text_.remove_prefix(1);
            } else {
                return;
            }
        }
    }

    std::string_view text_;
};

// "Mutation" without its quotation marks.
std::string_view unquoted(std::string_view token) {
    return token.size() >= 2 && token.front() == '"' ? token.substr(1, token.size() - 2)
                                                     : std::string_view();
}

} // namespace

const Json& Operation::value(std::string_view name) const {
    const Json& plain = at_path(*variables, {name});
    return plain.is_null() ? at_path(*variables, {"input", name}) : plain;
}

std::string Operation::text(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
        const Json& found = value(name);
        if (found.is_string()) {
            return found.get<std::string>();
        }
    }
    return {};
}

Result<Operation> read_operation(std::string_view body) {
    TRY(Json call, parse_python_json(body, {.bytes_max = call_bytes_max}));
    Operation operation;
    TRY(operation.query, string_field(call, "query"));
    const bool given = call.contains("variables") && call["variables"].is_object();
    operation.variables =
        std::make_shared<const Json>(given ? std::move(call["variables"]) : Json::object());
    Tokens tokens(operation.query);
    for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
        if (token == "query" || token == "mutation") {
            operation.changes = token == "mutation";
            const std::string_view name = tokens.next();
            operation.name = !name.empty() && is_name_byte(name.front()) ? name : "";
            return operation;
        }
        if (token == "{") { // the short form of a query, without a name
            return operation;
        }
    }
    return failure(ErrorCode::InvalidInput, "the text has neither a query nor a mutation");
}

std::vector<TypeQuestion> type_questions(std::string_view query) {
    std::vector<TypeQuestion> questions;
    Tokens tokens(query);
    std::string_view before;
    std::string_view alias;
    for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
        if (token == ":") {
            alias = before;
        } else if (token == "__type") {
            const std::string_view answer = alias.empty() ? token : alias;
            const bool named =
                tokens.next() == "(" && tokens.next() == "name" && tokens.next() == ":";
            const std::string_view type = named ? unquoted(tokens.next()) : std::string_view();
            if (!type.empty() && questions.size() < questions_at_once) {
                questions.push_back({std::string(answer), std::string(type)});
            }
            alias = {};
        } else {
            alias = {};
        }
        before = token;
    }
    return questions;
}

} // namespace pedigree::trackers::wandb
