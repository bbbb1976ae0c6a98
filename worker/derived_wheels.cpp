#include "worker/derived_wheels.h"

#include <fstream>

#include <fmt/format.h>

#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::worker {

Result<DerivedWheels> DerivedWheels::from(const records::work::BuildImageInput& input,
                                          std::filesystem::path cache) {
    DerivedWheels wheels;
    wheels.cache_ = std::move(cache);
    for (const auto& [source, given] : input.derived_wheels) {
        records::work::DerivedWheel wheel = given;
        wheel.content.clear();
        if (!imagebuild::parse_wheel_name(given.file_name) ||
            given.file_name.find('/') != std::string::npos) {
            return failure(ErrorCode::InvalidInput, "WheelRefused",
                           fmt::format("\"{:.80}\", built from {}, is no wheel's name",
                                       given.file_name, source));
        }
        if (given.content.empty()) {
            wheels.known_.emplace(source, std::move(wheel));
            continue;
        }
        TRY(const std::string bytes, from_base64(given.content));
        if (sha256(bytes) != given.digest) {
            return failure(ErrorCode::Corrupt, "WheelRefused",
                           fmt::format("{}, built from {}, has not the digest that was told",
                                       given.file_name, source));
        }
        const std::filesystem::path path = imagebuild::wheel_path(wheels.cache_, wheel);
        std::error_code problem;
        std::filesystem::create_directories(path.parent_path(), problem);
        std::ofstream out(path, std::ios::binary);
        out << bytes;
        out.close();
        if (!out) {
            return failure(ErrorCode::Unavailable, "cannot write " + path.string());
        }
        wheels.fresh_.insert(source);
        wheels.known_.emplace(source, std::move(wheel));
    }
    return wheels;
}

Result<std::map<std::string, records::work::DerivedWheel>>
DerivedWheels::keep(const std::vector<imagebuild::UsedWheel>& used,
                    imagebuild::RegistryClient& repository) const {
    std::map<std::string, records::work::DerivedWheel> kept;
    for (const imagebuild::UsedWheel& wheel : used) {
        if (!wheel.built_from) {
            continue;
        }
        const std::string source = wheel.built_from->text();
        const records::work::DerivedWheel& known = known_.at(source);
        if (fresh_.contains(source)) {
            TRY(imagebuild::push_wheel(repository, known, imagebuild::wheel_path(cache_, known),
                                       *wheel.built_from));
        }
        kept[source] = known;
    }
    return kept;
}

} // namespace pedigree::worker
