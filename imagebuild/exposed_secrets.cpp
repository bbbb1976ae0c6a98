#include "imagebuild/exposed_secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::array secret_names{std::string_view(".env"),     std::string_view(".netrc"),
                                  std::string_view(".pgpass"),  std::string_view(".pypirc"),
                                  std::string_view("id_rsa"),   std::string_view("id_dsa"),
                                  std::string_view("id_ecdsa"), std::string_view("id_ed25519")};
// With the folder that they stand in, where the name alone says little.
constexpr std::array secret_places{
    std::string_view(".aws/credentials"), std::string_view(".docker/config.json"),
    std::string_view(".kube/config"), std::string_view("credentials.json")};
constexpr std::array sample_endings{std::string_view(".example"), std::string_view(".sample"),
                                    std::string_view(".template"), std::string_view(".dist")};
// The last word of a variable's name that holds a secret.
constexpr std::array secret_words{std::string_view("PASSWORD"),   std::string_view("PASSWD"),
                                  std::string_view("SECRET"),     std::string_view("TOKEN"),
                                  std::string_view("APIKEY"),     std::string_view("API_KEY"),
                                  std::string_view("ACCESS_KEY"), std::string_view("PRIVATE_KEY")};
constexpr std::size_t variable_bytes_max = 64;
constexpr std::size_t secret_bytes_min = 6; // "TOKEN=1" is a switch

bool ends_path(std::string_view path, std::string_view end) {
    return path.ends_with(end) &&
           (path.size() == end.size() || path[path.size() - end.size() - 1] == '/');
}

bool is_name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_secret_variable(std::string_view name) {
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return std::any_of(secret_words.begin(), secret_words.end(), [&](std::string_view word) {
        return upper.ends_with(word) &&
               (upper.size() == word.size() || upper[upper.size() - word.size() - 1] == '_');
    });
}

// What is taken from elsewhere when the command runs ("TOKEN=$TOKEN", "TOKEN=$(cat ...)") is none.
bool is_value(std::string_view text) {
    if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
        text.remove_prefix(1);
    }
    const std::size_t end = std::min(text.find_first_of(" \t\n\"';&|"), text.size());
    return end >= secret_bytes_min && text.front() != '$';
}

// Of each "NAME=value" in the text: a variable, a command of a shell.
void add_secret_variables(std::string_view text, std::set<std::string>& names) {
    for (std::size_t equals = text.find('='); equals != text.npos;
         equals = text.find('=', equals + 1)) {
        std::size_t begin = equals;
        while (begin > 0 && is_name_character(text[begin - 1])) {
            --begin;
        }
        const std::string_view name = text.substr(begin, equals - begin);
        if (name.size() <= variable_bytes_max && is_secret_variable(name) &&
            is_value(text.substr(equals + 1))) {
            names.emplace(name);
        }
    }
}

std::string shown(const std::vector<std::string>& all) {
    const std::vector<std::string> first(
        all.begin(),
        all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), exposed_shown_max)));
    return fmt::format(
        "{}{}", fmt::join(first, ", "),
        all.size() > first.size() ? fmt::format(" and {} more", all.size() - first.size()) : "");
}

} // namespace

bool is_secret_file(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (std::any_of(sample_endings.begin(), sample_endings.end(),
                    [&](std::string_view end) { return name.ends_with(end); })) {
        return false;
    }
    const auto is_place = [&](std::string_view place) { return ends_path(path, place); };
    return name.starts_with(".env.") ||
           std::find(secret_names.begin(), secret_names.end(), name) != secret_names.end() ||
           std::any_of(secret_places.begin(), secret_places.end(), is_place);
}

std::string secret_files_warning(const std::vector<std::string>& paths) {
    std::vector<std::string> found;
    for (const std::string& path : paths) {
        if (is_secret_file(path)) {
            found.push_back(clean_text(path, path.size()));
        }
    }
    return found.empty()
               ? ""
               : fmt::format("the commit holds {}, by name for secrets, and whoever may pull the "
                             "image can read that: take it out of the repository, change what it "
                             "holds, and give it to the pod from a Secret",
                             shown(found));
}

std::string secret_variables_warning(const Json& image_config) {
    std::set<std::string> names;
    for (const Json& variable : at_path(image_config, {"config", "Env"})) {
        add_secret_variables(variable.is_string() ? variable.get<std::string>() : "", names);
    }
    for (const Json& step : at_path(image_config, {"history"})) {
        add_secret_variables(string_or(step, "created_by"), names);
    }
    return names.empty() ? ""
                         : fmt::format("the base image's configuration gives a value to {}, which "
                                       "whoever may pull the image can read: change it, and make "
                                       "the base without it (RUN --mount=type=secret)",
                                       shown({names.begin(), names.end()}));
}

} // namespace pedigree::imagebuild
