#include "imagebuild/wheel/install.h"

#include <filesystem>

#include <fmt/format.h>

#include "imagebuild/layer/layer_path.h"
#include "imagebuild/wheel/wheel_tables.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t script_bytes_max = 1024 * 1024;
constexpr std::size_t shebang_bytes_max = 127; // of the kernel

std::string shebang(const std::string& interpreter) {
    if (interpreter.size() + 2 <= shebang_bytes_max && interpreter.find(' ') == interpreter.npos) {
        return "#!" + interpreter + "\n";
    }
    // A line that is a command for sh and a string for Python.
    return fmt::format("#!/bin/sh\n'''exec' \"{}\" \"$0\" \"$@\"\n' '''\n", interpreter);
}

std::string wrapper_text(const EntryPoint& point, const std::string& interpreter) {
    const std::string root = point.attribute.substr(0, point.attribute.find('.'));
    return fmt::format("{}import sys\n\nfrom {} import {}\n\nif __name__ == \"__main__\":\n"
                       "    sys.exit({}())\n",
                       shebang(interpreter), point.module, root, point.attribute);
}

bool is_byte_code(std::string_view name) {
    return name.starts_with("__pycache__/") || name.find("/__pycache__/") != name.npos;
}

class Planner {
  public:
    Planner(const Wheel& wheel, const InstallScheme& scheme)
        : wheel_(wheel), scheme_(scheme), data_folder_(data_folder()) {}

    Result<InstalledWheel> plan() {
        for (const ZipMember& member : wheel_.archive.members()) {
            if (wheel_.record.contains(member.name) && !is_byte_code(member.name)) {
                TRY(place(member));
            }
        }
        for (const EntryPoint& point : wheel_.scripts) {
            put(planned_.scripts, scheme_.scripts + "/" + point.name, 0755,
                wrapper_text(point, scheme_.interpreter));
        }
        const std::string info = scheme_.site + "/" + wheel_.dist_info + "/";
        put(planned_.files, info + "INSTALLER", 0644, "pedigree\n");
        put(planned_.files, info + "REQUESTED", 0644, "");
        put(planned_.files, info + "RECORD", 0644, record_text(info + "RECORD"));
        return std::move(planned_);
    }

  private:
    // "numpy-1.24.3.data/"
    std::string data_folder() const {
        constexpr std::size_t ending_bytes = std::string_view("dist-info").size();
        return wheel_.dist_info.substr(0, wheel_.dist_info.size() - ending_bytes) + "data/";
    }

    Status place(const ZipMember& member) {
        if (!member.name.starts_with(data_folder_)) {
            return put_member(scheme_.site + "/" + member.name, member);
        }
        const std::string_view below = std::string_view(member.name).substr(data_folder_.size());
        const std::size_t slash = below.find('/');
        const std::string_view key = below.substr(0, slash);
        const std::string rest(slash == below.npos ? "" : below.substr(slash + 1));
        if (rest.empty()) {
            return refuse(member, "lies in .data itself");
        }
        if (key == "purelib" || key == "platlib") {
            return put_member(scheme_.site + "/" + rest, member);
        }
        if (key == "headers") {
            return put_member(
                fmt::format("{}/{}/{}", scheme_.headers, wheel_.name.distribution, rest), member);
        }
        if (key == "data") {
            return put_member(scheme_.data + "/" + rest, member);
        }
        if (key == "scripts" && rest.find('/') == rest.npos) {
            return place_script(scheme_.scripts + "/" + rest, member);
        }
        return refuse(member, "has no place in an installation");
    }

    // "#!python" stands for the interpreter that installs.
    Status place_script(const std::string& path, const ZipMember& member) {
        constexpr std::string_view placeholder = "#!python";
        if (member.unpacked_bytes <= script_bytes_max) {
            TRY(const std::string text, wheel_.archive.read_whole(member, script_bytes_max));
            if (sha256(text) != wheel_.record.at(member.name).digest) {
                return refuse(member, "has not the digest that RECORD gives");
            }
            if (text.starts_with(placeholder)) {
                const std::size_t line_end = std::min(text.find('\n') + 1, text.size());
                put(planned_.files, path, 0755,
                    shebang(scheme_.interpreter) + text.substr(line_end));
                return {};
            }
        }
        TRY(put_member(path, member));
        planned_.files.at(path).mode = 0755;
        return {};
    }

    Status put_member(const std::string& path, const ZipMember& member) {
        InstalledFile file;
        file.mode = member.executable ? 0755 : 0644;
        file.archive = &wheel_.archive;
        file.member = &member;
        file.digest = wheel_.record.at(member.name).digest;
        file.owner = wheel_.name.distribution;
        if (!planned_.files.emplace(path, std::move(file)).second) {
            return refuse(member, "falls on a path of another member");
        }
        return {};
    }

    void put(InstalledFiles& files, const std::string& path, unsigned mode, std::string bytes) {
        InstalledFile file;
        file.mode = mode;
        file.digest = sha256(bytes);
        file.bytes = std::move(bytes);
        file.owner = wheel_.name.distribution;
        files.insert_or_assign(path, std::move(file));
    }

    // As RECORD writes it. Nearly every path lies below the site; taking those apart would be most
    // of the work of planning.
    std::string relative_to_site(const std::string& path) const {
        if (path.starts_with(scheme_.site + "/")) {
            return path.substr(scheme_.site.size() + 1);
        }
        const std::filesystem::path site("/" + scheme_.site);
        return std::filesystem::path("/" + path).lexically_relative(site).string();
    }

    std::string record_text(const std::string& own_path) const {
        std::map<std::string, std::string> rows; // by the path as RECORD writes it
        const auto add = [&](const InstalledFiles& files) {
            for (const auto& [path, file] : files) {
                const std::string relative = relative_to_site(path);
                const auto bytes = file.member != nullptr ? file.member->unpacked_bytes
                                                          : std::uint64_t{file.bytes.size()};
                rows[relative] =
                    record_row(relative, record_hash(file.digest), std::to_string(bytes));
            }
        };
        add(planned_.files);
        add(planned_.scripts);
        const std::string own = relative_to_site(own_path);
        rows[own] = record_row(own, "", "");
        std::string text;
        for (const auto& [path, row] : rows) {
            text += row;
        }
        return text;
    }

    tl::unexpected<Error> refuse(const ZipMember& member, std::string_view what) const {
        return failure(ErrorCode::Corrupt, "WheelRefused",
                       fmt::format("{}: {} {}", wheel_.file_name, member.name, what));
    }

    const Wheel& wheel_;
    const InstallScheme& scheme_;
    const std::string data_folder_;
    InstalledWheel planned_;
};

} // namespace

std::string InstallScheme::text() const {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n", site, scripts, headers, data, interpreter);
}

Result<InstalledWheel> plan_install(const Wheel& wheel, const InstallScheme& scheme) {
    return Planner(wheel, scheme).plan();
}

void merge_files(InstalledFiles& into, InstalledFiles files) {
    for (auto& [path, file] : files) {
        into.insert_or_assign(path, std::move(file));
    }
}

} // namespace pedigree::imagebuild
