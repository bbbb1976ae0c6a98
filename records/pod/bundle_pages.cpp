#include "records/pod/bundle_pages.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/digest.h"

namespace pedigree::records::pod {
namespace {

// Of names, digests, quotes and commas around an entry's texts; rather more than less.
constexpr std::size_t entry_bytes = 160;
constexpr std::size_t head_bytes = 400;
constexpr std::size_t point_bytes = 64; // of a point of a metric, its two numbers in it

// What a text takes in canonical JSON, which is ASCII: 6 bytes for a control or for each 16 bits of
// another character.
std::size_t size_of(const std::string& text) {
    std::size_t bytes = 0;
    for (const char c : text) {
        const auto value = static_cast<unsigned char>(c);
        const bool escaped = value == '"' || value == '\\' || value == 0x7f;
        bytes += value < 0x20 || (value >= 0xc0 && value < 0xf0) ? 6
                 : value >= 0xf0                                 ? 12
                 : value >= 0x80                                 ? 0
                 : escaped                                       ? 2
                                                                 : 1;
    }
    return bytes;
}

std::size_t size_of(const ObservedMetric& metric) {
    return entry_bytes + metric.first.text().size() + metric.last.text().size() +
           metric.min.text().size() + metric.max.text().size() + metric.points.size() * point_bytes;
}

std::size_t size_of(const ObservedFile& file) {
    return entry_bytes + size_of(file.path);
}

std::size_t head_size(const ObservedRun& run) {
    return head_bytes + run.run_id.size() + run.experiment_id.size() + run.parent_run_id.size() +
           size_of(run.name) + size_of(run.status) + run.logged.size() * entry_bytes;
}

std::size_t head_size(const ObservedArtifact& artifact) {
    return head_bytes + size_of(artifact.name) + size_of(artifact.location) +
           artifact.run_id.size();
}

std::size_t size_of(const ObservedRun& run) {
    std::size_t bytes = head_size(run);
    for (const auto& [key, value] : run.parameters) {
        bytes += entry_bytes + size_of(key) + size_of(value);
    }
    for (const auto& [key, metric] : run.metrics) {
        bytes += size_of(key) + size_of(metric);
    }
    return bytes;
}

std::size_t size_of(const ObservedArtifact& artifact) {
    std::size_t bytes = head_size(artifact);
    for (const ObservedFile& file : artifact.files) {
        bytes += size_of(file);
    }
    return bytes;
}

ObservedRun head_of(const ObservedRun& run) {
    ObservedRun head;
    head.tracker = run.tracker;
    head.run_id = run.run_id;
    head.experiment_id = run.experiment_id;
    head.parent_run_id = run.parent_run_id;
    head.name = run.name;
    head.status = run.status;
    head.parameter_count = run.parameter_count;
    head.metric_count = run.metric_count;
    head.logged = run.logged;
    head.in_files = run.in_files;
    return head;
}

// The metrics of a run that have points, under its head; its points are taken from it.
ObservedRun take_points(ObservedRun& run) {
    ObservedRun out = head_of(run);
    for (auto& [key, metric] : run.metrics) {
        if (!metric.points.empty()) {
            out.metrics[key] = metric;
            metric.points.clear();
        }
    }
    return out;
}

ObservedArtifact head_of(const ObservedArtifact& artifact) {
    return {.name = artifact.name,
            .kind = artifact.kind,
            .source = artifact.source,
            .run_id = artifact.run_id,
            .location = artifact.location,
            .digest = artifact.digest,
            .files = {},
            .file_count = artifact.file_count,
            .bytes = artifact.bytes};
}

// Fills a page after the other.
class PageWriter {
  public:
    PageWriter(const PageSink& sink, PageLimits limits) : sink_(sink), limits_(limits) {}

    Status add(const ObservedRun& run) {
        const ObservedRun head = head_of(run);
        TRY(begin(part_.runs, head));
        for (const auto& [key, value] : run.parameters) {
            TRY(make_room(part_.runs, head, entry_bytes + size_of(key) + size_of(value)));
            part_.runs.back().parameters[key] = value;
        }
        for (const auto& [key, metric] : run.metrics) {
            TRY(make_room(part_.runs, head, size_of(key) + size_of(metric)));
            part_.runs.back().metrics[key] = metric;
        }
        return {};
    }
    Status add(const ObservedArtifact& artifact) {
        const ObservedArtifact head = head_of(artifact);
        TRY(begin(part_.artifacts, head));
        for (const ObservedFile& file : artifact.files) {
            TRY(make_room(part_.artifacts, head, size_of(file)));
            part_.artifacts.back().files.push_back(file);
        }
        return {};
    }
    Status end() { return bytes_ > 0 ? flush() : Status(); }

    std::vector<BundlePage> pages;

  private:
    template <typename T>
    Status begin(std::vector<T>& list, const T& head) {
        if (bytes_ > 0 && bytes_ + head_size(head) > limits_.page_bytes_max) {
            TRY(flush());
        }
        bytes_ += head_size(head);
        list.push_back(head);
        return {};
    }
    // An entry that does not fit begins the next page, under the same head.
    template <typename T>
    Status make_room(std::vector<T>& list, const T& head, std::size_t bytes) {
        if (bytes_ + bytes > limits_.page_bytes_max) {
            TRY(flush());
            bytes_ += head_size(head);
            list.push_back(head);
        }
        bytes_ += bytes;
        return {};
    }
    Status flush() {
        const std::string text = canonical_json(page_json(part_));
        pages.push_back({sha256(text).text(), static_cast<std::int64_t>(text.size())});
        part_ = {};
        bytes_ = 0;
        return sink_(pages.size(), text);
    }

    const PageSink& sink_;
    const PageLimits limits_;
    Bundle part_;
    std::size_t bytes_ = 0;
};

void count(Bundle& bundle) {
    bundle.run_count = static_cast<std::int64_t>(bundle.runs.size());
    bundle.artifact_count = static_cast<std::int64_t>(bundle.artifacts.size());
    for (ObservedRun& run : bundle.runs) {
        run.parameter_count = static_cast<std::int64_t>(run.parameters.size());
        run.metric_count = static_cast<std::int64_t>(run.metrics.size());
    }
    for (ObservedArtifact& artifact : bundle.artifacts) {
        artifact.file_count = static_cast<std::int64_t>(artifact.files.size());
        artifact.bytes = 0;
        for (const ObservedFile& file : artifact.files) {
            artifact.bytes += file.bytes;
        }
    }
}

// As many heads as there is room for; artifacts first, since models are among them.
template <typename T>
void keep_heads(const std::vector<T>& from, std::vector<T>& to, std::size_t& room) {
    for (const T& whole : from) {
        T head = head_of(whole);
        const std::size_t bytes = head_size(head);
        if (bytes > room) {
            return;
        }
        room -= bytes;
        to.push_back(std::move(head));
    }
}

// What the bundle takes without the points of its metrics, which then stand in pages.
std::size_t size_without_points(const std::vector<ObservedRun>& runs, std::size_t all,
                                PageLimits limits) {
    std::size_t points = 0;
    for (const ObservedRun& run : runs) {
        for (const auto& [key, metric] : run.metrics) {
            points += metric.points.size() * point_bytes;
        }
    }
    const std::size_t pages_max = points == 0 ? 0 : 2 + 4 * (all / limits.page_bytes_max);
    return all - points + pages_max * entry_bytes;
}

Status put_points(std::vector<ObservedRun>& runs, PageWriter& writer) {
    for (ObservedRun& run : runs) {
        if (const ObservedRun points = take_points(run); !points.metrics.empty()) {
            TRY(writer.add(points));
        }
    }
    return writer.end();
}

// What the bundle has of a metric stays; its points may stand in a page alone.
void merge_metrics(std::map<std::string, ObservedMetric>& into,
                   std::map<std::string, ObservedMetric>& more) {
    for (auto& [key, metric] : more) {
        const auto [at, fresh] = into.try_emplace(key, metric);
        if (!fresh && at->second.points.empty()) {
            at->second.points = std::move(metric.points);
        }
    }
}

using RunName = std::pair<std::string, std::string>; // two trackers may use the same id
RunName name_of(const ObservedRun& run) {
    return {run.tracker, run.run_id};
}

using Place = std::tuple<std::string, std::string, std::string>;
Place place_of(const ObservedArtifact& artifact) {
    return {artifact.name, artifact.source, artifact.location};
}

} // namespace

Result<Bundle> paged(Bundle whole, const PageSink& sink, PageLimits limits) {
    count(whole);
    auto runs = std::exchange(whole.runs, {});
    auto artifacts = std::exchange(whole.artifacts, {});
    const std::size_t rest = canonical_json(to_json(whole)).size();
    std::size_t all = rest;
    for (const auto& run : runs) {
        all += size_of(run);
    }
    for (const auto& artifact : artifacts) {
        all += size_of(artifact);
    }
    if (all <= limits.bundle_bytes_max) {
        whole.runs = std::move(runs);
        whole.artifacts = std::move(artifacts);
        return whole;
    }
    PageWriter writer(sink, limits);
    if (size_without_points(runs, all, limits) <= limits.bundle_bytes_max) {
        TRY(put_points(runs, writer));
        whole.pages = std::move(writer.pages);
        whole.runs = std::move(runs);
        whole.artifacts = std::move(artifacts);
        return whole;
    }
    for (const auto& artifact : artifacts) {
        TRY(writer.add(artifact));
    }
    for (const auto& run : runs) {
        TRY(writer.add(run));
    }
    TRY(writer.end());
    whole.pages = std::move(writer.pages);
    const std::size_t used = rest + whole.pages.size() * entry_bytes;
    std::size_t room = limits.bundle_bytes_max - std::min(used, limits.bundle_bytes_max);
    keep_heads(artifacts, whole.artifacts, room);
    keep_heads(runs, whole.runs, room);
    return whole;
}

Status add_page(Bundle& bundle, std::size_t number, const std::string& bytes) {
    if (number == 0 || number > bundle.pages.size() ||
        sha256(bytes).text() != bundle.pages[number - 1].digest) {
        return failure(ErrorCode::Corrupt,
                       "page " + std::to_string(number) + " is not the one that the bundle names");
    }
    TRY(const Json document, parse_json(bytes));
    TRY(Bundle part, page_from(document));
    std::map<RunName, std::size_t> runs;
    for (std::size_t i = 0; i < bundle.runs.size(); ++i) {
        runs[name_of(bundle.runs[i])] = i;
    }
    for (ObservedRun& run : part.runs) {
        const auto [at, fresh] = runs.try_emplace(name_of(run), bundle.runs.size());
        if (fresh) {
            bundle.runs.push_back(std::move(run));
        } else {
            bundle.runs[at->second].parameters.merge(run.parameters);
            merge_metrics(bundle.runs[at->second].metrics, run.metrics);
        }
    }
    std::map<Place, std::size_t> artifacts;
    for (std::size_t i = 0; i < bundle.artifacts.size(); ++i) {
        artifacts[place_of(bundle.artifacts[i])] = i;
    }
    for (ObservedArtifact& artifact : part.artifacts) {
        const auto [at, fresh] = artifacts.try_emplace(place_of(artifact), bundle.artifacts.size());
        if (fresh) {
            bundle.artifacts.push_back(std::move(artifact));
        } else {
            auto& files = bundle.artifacts[at->second].files;
            files.insert(files.end(), std::make_move_iterator(artifact.files.begin()),
                         std::make_move_iterator(artifact.files.end()));
        }
    }
    return {};
}

} // namespace pedigree::records::pod
