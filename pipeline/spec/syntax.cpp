#include "pipeline/spec/syntax.h"

#include <algorithm>
#include <array>

namespace pedigree::spec {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_letter(char c) {
    return is_lower(c) || is_upper(c);
}
bool is_alnum(char c) {
    return is_letter(c) || is_digit(c);
}
bool is_lower_alnum(char c) {
    return is_lower(c) || is_digit(c);
}
bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
char lower(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

template <typename Predicate>
bool all(std::string_view text, Predicate predicate) {
    return std::all_of(text.begin(), text.end(), predicate);
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

// What stands between "://" and the first '/', '?' or '#'.
std::string_view authority_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) {
        return {};
    }
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

bool is_authority(std::string_view text) {
    return !text.empty() && all(text, [](char c) { return !is_space(c); });
}

bool is_login(std::string_view text) {
    return !text.empty() && (is_alnum(text.front()) || text.front() == '_') &&
           all(text, [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
}

bool is_bucket(std::string_view text) {
    constexpr std::size_t bytes_min = 3;
    constexpr std::size_t bytes_max = 63;
    return text.size() >= bytes_min && text.size() <= bytes_max && is_lower_alnum(text.front()) &&
           is_lower_alnum(text.back()) &&
           all(text, [](char c) { return is_lower_alnum(c) || c == '.' || c == '-'; });
}

bool is_plain_rest(std::string_view text, std::string_view forbidden) {
    return all(text,
               [&](char c) { return !is_space(c) && forbidden.find(c) == std::string_view::npos; });
}

// As it is in the store, nothing encoded: a key may hold spaces, '+', '%', '?' and '#'.
bool is_object_key(std::string_view text) {
    return all(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

} // namespace

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) {
        count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    }
    return count;
}

bool is_secret_name(std::string_view text) {
    return !text.empty() && is_lower_alnum(text.front()) && is_lower_alnum(text.back()) &&
           all(text, [](char c) { return is_lower_alnum(c) || c == '-' || c == '.'; });
}

bool is_dns_label(std::string_view text) {
    return is_secret_name(text) && !contains(text, ".");
}

bool is_label_value(std::string_view text) {
    return text.empty() ||
           (is_alnum(text.front()) && is_alnum(text.back()) &&
            all(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; }));
}

bool is_git_ref(std::string_view text) {
    constexpr std::string_view forbidden = "~^:?*[\\";
    if (text.empty() || text.front() == '-' || text.front() == '/' || text.front() == '.' ||
        text.back() == '/' || text.back() == '.' || text == "@") {
        return false;
    }
    return all(text,
               [&](char c) {
                   return !is_space(c) && !is_control(c) &&
                          forbidden.find(c) == std::string_view::npos;
               }) &&
           !contains(text, "..") && !contains(text, "@{") && !contains(text, "//") &&
           !contains(text, "/.") && !contains(text, ".lock/") && !text.ends_with(".lock");
}

bool is_commit_id(std::string_view text) {
    constexpr std::size_t digits = 40;
    return text.size() == digits &&
           all(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_parameter_name(std::string_view text) {
    constexpr std::size_t bytes_max = 128;
    if (text.empty() || text.size() > bytes_max ||
        !(is_letter(text.front()) || text.front() == '_') || text.back() == '.' ||
        contains(text, "..")) {
        return false;
    }
    return all(text, [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; });
}

namespace {

// --batch_size; a list's "..." is among the letters of a name.
bool is_flag(std::string_view text) {
    return (take(text, "--") || take(text, "-")) && !text.empty() && is_alnum(text.front()) &&
           all(text, [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; });
}

// optimizer.lr, +db/mysql@source
bool is_override(std::string_view text) {
    if (!take(text, "++")) {
        take(text, "+");
    }
    return !text.empty() && (is_alnum(text.front()) || text.front() == '_') &&
           !is_digit(text.front()) && all(text, [](char c) {
               return is_alnum(c) || std::string_view("_-./@").find(c) != std::string_view::npos;
           });
}

} // namespace

bool is_switch(std::string_view text) {
    return text.starts_with('-') && (text.ends_with('?') || text.find('/') != text.npos);
}

bool is_option(std::string_view text) {
    if (text.ends_with('=')) {
        text.remove_suffix(1);
        return is_flag(text) || is_override(text);
    }
    if (text.ends_with('?')) {
        return is_flag(text.substr(0, text.size() - 1));
    }
    const auto slash = text.find('/');
    return slash == text.npos ? is_flag(text)
                              : is_flag(text.substr(0, slash)) && is_flag(text.substr(slash + 1));
}

bool is_environment_name(std::string_view text) {
    return !text.empty() && !is_digit(text.front()) &&
           all(text, [](char c) { return is_alnum(c) || c == '_'; });
}

bool is_reserved_environment_name(std::string_view text) {
    static constexpr std::array<std::string_view, 8> prefixes = {
        "LD_", "PEDIGREE_", "MLFLOW_", "KUBERNETES_", "AWS_", "NVIDIA_", "GIT_", "SSL_"};
    static constexpr std::array<std::string_view, 15> names = {
        "PATH",       "HOME",       "USER",          "LOGNAME",        "SHELL",
        "IFS",        "ENV",        "BASH_ENV",      "TMPDIR",         "HOSTNAME",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONHASHSEED", "CUDA_VISIBLE_DEVICES"};
    return std::find(names.begin(), names.end(), text) != names.end() ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool is_git_url(std::string_view text) {
    const std::string_view authority = authority_of(text);
    const auto at = authority.find('@');
    const std::string_view host = at == authority.npos ? authority : authority.substr(at + 1);
    std::string_view rest = text;
    if (take(rest, "ssh://")) {
        const bool user = at == authority.npos || is_login(authority.substr(0, at));
        return user && is_authority(host) && host.front() != '-' && !contains(host, "@") &&
               rest.size() > authority.size() + 1 && rest[authority.size()] == '/' &&
               is_plain_rest(rest, "?#");
    }
    return take(rest, "https://") && is_authority(authority) &&
           rest.substr(authority.size()).starts_with('/') && is_plain_rest(rest, "?#");
}

bool is_http_or_https_url(std::string_view text) {
    if (!text.starts_with("https://") && !text.starts_with("http://")) {
        return false;
    }
    const std::string_view authority = authority_of(text);
    const std::string_view rest = text.substr(text.find("://") + 3 + authority.size());
    return is_authority(authority) && is_plain_rest(rest, "?#");
}

bool is_input_uri(std::string_view text) {
    if (take(text, "s3://")) {
        const auto slash = text.find('/');
        return slash != std::string_view::npos && is_bucket(text.substr(0, slash)) &&
               slash + 1 < text.size() && is_object_key(text.substr(slash + 1));
    }
    if (take(text, "volume://")) {
        const auto slash = text.find('/');
        return slash != std::string_view::npos && is_secret_name(text.substr(0, slash)) &&
               is_plain_rest(text.substr(slash + 1), "?#");
    }
    if (!text.starts_with("https://")) {
        return false;
    }
    const std::string_view authority = authority_of(text);
    const std::string_view rest =
        text.substr(std::string_view("https://").size() + authority.size());
    return is_authority(authority) && rest.starts_with('/') && is_plain_rest(rest, "#");
}

bool has_user_information(std::string_view url) {
    return contains(authority_of(url), "@");
}

bool has_git_user_information(std::string_view url) {
    const std::string_view authority = authority_of(url);
    const auto at = authority.find('@');
    const bool login_alone = url.starts_with("ssh://") && at != authority.npos && at > 0 &&
                             !contains(authority.substr(0, at), ":") &&
                             !contains(authority.substr(at + 1), "@");
    return has_user_information(url) && !login_alone;
}

bool has_signed_query(std::string_view url) {
    static constexpr std::array<std::string_view, 6> names = {
        "x-amz-signature=", "x-goog-signature=", "signature=", "sig=", "token=", "access_token="};
    const std::string text = lower_case(url);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] == '?' || text[i] == '&') &&
            std::any_of(names.begin(), names.end(), [&](std::string_view name) {
                return std::string_view(text).substr(i + 1).starts_with(name);
            })) {
            return true;
        }
    }
    return false;
}

std::string host_of(std::string_view url) {
    std::string_view authority = authority_of(url);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        authority.remove_prefix(at + 1);
    }
    return lower_case(authority);
}

bool names_host(std::string_view annotation, std::string_view host) {
    const std::string_view bare = host.substr(0, host.rfind(':'));
    for (std::size_t start = 0; start <= annotation.size();) {
        const auto end = std::min(annotation.find_first_of(", \n", start), annotation.size());
        const std::string_view entry = annotation.substr(start, end - start);
        if (!entry.empty() && (entry == host || entry == bare)) {
            return true;
        }
        start = end + 1;
    }
    return false;
}

std::string bad_segment(std::string_view relative_path) {
    while (true) {
        const auto slash = relative_path.find('/');
        const std::string_view segment = relative_path.substr(0, slash);
        if (segment.empty()) {
            return "<empty>";
        }
        if (segment == "." || segment == ".." ||
            !all(segment, [](char c) { return !is_control(c) && c != '%' && c != '\\'; })) {
            return std::string(segment);
        }
        if (slash == std::string_view::npos) {
            return "";
        }
        relative_path.remove_prefix(slash + 1);
    }
}

bool has_dot_segment(std::string_view uri) {
    if (contains(lower_case(uri), "%2e") ||
        !all(uri, [](char c) { return !is_control(c) && c != '\\'; })) {
        return true;
    }
    return contains(uri, "/./") || contains(uri, "/../") || uri.ends_with("/.") ||
           uri.ends_with("/..");
}

bool lies_inside(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool is_mount_path(std::string_view text) {
    static constexpr std::array<std::string_view, 19> reserved = {
        "/bin",      "/boot",    "/dev",         "/etc",          "/lib",    "/lib32", "/lib64",
        "/libx32",   "/proc",    "/run",         "/sbin",         "/sys",    "/usr",   "/workspace",
        "/pedigree", "/journal", "/credentials", "/opt/pedigree", "/var/run"};
    if (!text.starts_with('/') || text == "/opt" || text == "/var" || text == "/inputs") {
        return false;
    }
    if (!bad_segment(text.substr(1)).empty() || contains(text, ":")) {
        return false;
    }
    return std::none_of(reserved.begin(), reserved.end(), [&](std::string_view folder) {
        return text == folder || lies_inside(text, folder);
    });
}

} // namespace pedigree::spec
