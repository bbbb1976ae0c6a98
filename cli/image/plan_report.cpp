#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/table.h"
#include "cli/image/plan.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

using imagebuild::LayerForecast;
using imagebuild::LayerNews;

std::string_view word_of(LayerNews news) {
    switch (news) {
    case LayerNews::OfBase:
        return "base";
    case LayerNews::Kept:
        return "kept";
    case LayerNews::New:
        return "new";
    }
    return "";
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::uint64_t kibi = 1024, mebi = kibi * 1024;
    return bytes < kibi   ? fmt::format("{} B", bytes)
           : bytes < mebi ? fmt::format("{:.1f} KiB", static_cast<double>(bytes) / kibi)
                          : fmt::format("{:.1f} MiB", static_cast<double>(bytes) / mebi);
}

} // namespace

std::string plan_table(const PlannedImage& planned, bool in_colour) {
    const imagebuild::ImagePlan& plan = planned.plan;
    Table table{{"LAYER", "IS", "SIZE", "DIGEST"}, {}};
    for (const LayerForecast& layer : plan.layers) {
        table.rows.push_back({{printable(layer.made_by)},
                              {std::string(word_of(layer.news)),
                               layer.news == LayerNews::New ? Colour::Yellow : Colour::None},
                              {bytes_text(layer.bytes)},
                              {layer.digest.text()}});
    }
    std::string text =
        fmt::format("project  {}\ncommit   {}\nbefore   {}\nimage    {}\n\n", planned.project,
                    planned.commit, planned.before.empty() ? "none" : planned.before,
                    plan.image.text()) +
        render(table, in_colour) + "\n";
    for (const std::string& warning : planned.warnings) {
        text += "warning: " + printable(warning) + "\n";
    }
    if (plan.reasons.empty()) {
        return text + "nothing would be built: the image is there\n";
    }
    for (const std::string& reason : plan.reasons) {
        text += "because " + printable(reason) + "\n";
    }
    const auto news = std::count_if(plan.layers.begin(), plan.layers.end(),
                                    [](const auto& layer) { return layer.news == LayerNews::New; });
    return text + fmt::format("{} new {}, {} to send\n", news, news == 1 ? "layer" : "layers",
                              bytes_text(plan.new_bytes));
}

Json plan_json(const PlannedImage& planned) {
    Json layers = Json::array();
    for (const LayerForecast& layer : planned.plan.layers) {
        layers.push_back({{"madeBy", layer.made_by},
                          {"is", word_of(layer.news)},
                          {"bytes", layer.bytes},
                          {"digest", layer.digest.text()}});
    }
    return {{"apiVersion", records::api_version},
            {"kind", "ImagePlan"},
            {"project", planned.project},
            {"commit", planned.commit},
            {"before", planned.before},
            {"imageDigest", planned.plan.image.text()},
            {"builds", !planned.plan.reasons.empty()},
            {"reasons", planned.plan.reasons},
            {"newBytes", planned.plan.new_bytes},
            {"layers", std::move(layers)},
            {"warnings", planned.warnings}};
}

} // namespace pedigree::cli
