#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/table.h"
#include "cli/image/verify.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

std::string or_none(const std::string& digest) {
    return digest.empty() ? "none" : digest;
}

std::string inputs_text(const Verification& verification) {
    const imagebuild::ProvenanceClaim& claim = verification.claim;
    std::string text = fmt::format("image       {}\nprovenance  {}, by {} {}\nbase        {}\n"
                                   "source      {} {}\n",
                                   verification.image.pull_text(), verification.provenance.text(),
                                   claim.builder, claim.builder_version, claim.base.pull_text(),
                                   claim.source.url, claim.source.commit);
    if (claim.lock) {
        text += fmt::format("lock        {}, {} wheels\n", claim.lock->file, claim.wheels.size());
    }
    return text;
}

std::string verdict(const Verification& verification, std::size_t different) {
    if (different > 0) {
        return fmt::format("not verified: {} of {} parts are different\n", different,
                           verification.parts.size());
    }
    if (verification.on_record.empty()) {
        return "verified: built again from these inputs, the image has the same digest\n";
    }
    return fmt::format("partly verified: with {} as the record has {}, the image built again has "
                       "the same digest\n",
                       verification.on_record.size() == 1
                           ? "this wheel"
                           : fmt::format("these {} wheels", verification.on_record.size()),
                       verification.on_record.size() == 1 ? "it" : "them");
}

} // namespace

std::string verification_table(const Verification& verification, bool in_colour) {
    Table table{{"PART", "IS", "DIGEST"}, {}};
    std::size_t different = 0;
    for (const imagebuild::ComparedPart& part : verification.parts) {
        different += part.same() ? 0 : 1;
        const std::string digests =
            part.same() ? part.here
                        : fmt::format("{}, here {}", or_none(part.claimed), or_none(part.here));
        table.rows.push_back(
            {{printable(part.name)},
             part.same() ? Cell{"same", Colour::Green} : Cell{"different", Colour::Red},
             {digests}});
    }
    std::string text = inputs_text(verification) + "\n" + render(table, in_colour) + "\n";
    for (const std::string& warning : verification.warnings) {
        text += "warning: " + printable(warning) + "\n";
    }
    for (const imagebuild::UsedWheel& wheel : verification.on_record) {
        text +=
            fmt::format("on the record's word: {} {}, built from {}\n", printable(wheel.file_name),
                        wheel.digest.text(), wheel.built_from->text());
    }
    return text + verdict(verification, different);
}

Json verification_json(const Verification& verification) {
    Json parts = Json::array();
    for (const imagebuild::ComparedPart& part : verification.parts) {
        parts.push_back({{"name", part.name},
                         {"same", part.same()},
                         {"claimed", part.claimed},
                         {"here", part.here}});
    }
    Json on_record = Json::array();
    for (const imagebuild::UsedWheel& wheel : verification.on_record) {
        on_record.push_back({{"file", wheel.file_name},
                             {"digest", wheel.digest.text()},
                             {"builtFrom", wheel.built_from->text()}});
    }
    const imagebuild::ProvenanceClaim& claim = verification.claim;
    return {{"apiVersion", records::api_version},
            {"kind", "Verification"},
            {"image", verification.image.pull_text()},
            {"provenance", verification.provenance.text()},
            {"builder", {{"id", claim.builder}, {"version", claim.builder_version}}},
            {"base", claim.base.pull_text()},
            {"source", {{"url", claim.source.url}, {"commit", claim.source.commit}}},
            {"verified", verification.exit_code() == ExitCode::Ok},
            {"parts", std::move(parts)},
            {"onRecord", std::move(on_record)},
            {"warnings", verification.warnings}};
}

} // namespace pedigree::cli
