#include "trackers/wandb/run.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::size_t media_kinds = 64;

std::string key_of(std::string_view project, std::string_view id) {
    std::string key(project);
    key += '/'; // no id has one
    key += id;
    return key;
}

} // namespace

Words<State> words_of(State) {
    static constexpr Word<State> table[] = {
        {State::Running, "Running"}, {State::Finished, "Finished"}, {State::Failed, "Failed"}};
    return table;
}

Run* Runs::find(std::string_view project, std::string_view id) {
    const auto found = runs_.find(key_of(project, id));
    return found == runs_.end() ? nullptr : found->second.get();
}

Run* Runs::find_or_add(std::string_view project, std::string_view id) {
    if (Run* known = find(project, id)) {
        return known;
    }
    if (runs_.size() >= wandb_runs_max) {
        ++left_out_;
        return nullptr;
    }
    auto run = std::make_unique<Run>();
    run->project = project;
    run->id = id;
    run->name = id;
    used_.text_bytes += run->name.size();
    return (runs_[key_of(project, id)] = std::move(run)).get();
}

bool Runs::take_text(Run& run, std::size_t before, std::size_t bytes) {
    if (used_.text_bytes - before + bytes > wandb_texts_bytes_max) {
        ++run.texts_left_out;
        return false;
    }
    used_.text_bytes = used_.text_bytes - before + bytes;
    return true;
}

void Runs::keep_text(Run& run, std::string& place, std::string_view text) {
    std::string kept = valid_utf8(text);
    if (take_text(run, place.size(), kept.size())) {
        place = std::move(kept);
    }
}

File* Runs::file(Run& run, Files& of, std::string_view name) {
    const auto found = of.find(name);
    if (found != of.end()) {
        return &found->second;
    }
    if (used_.files >= wandb_files_max) {
        ++run.files_left_out;
        return nullptr;
    }
    ++used_.files;
    return &of[std::string(name)];
}

Artifact* Runs::add_artifact(Run& run) {
    if (used_.artifacts >= wandb_artifacts_max) {
        ++run.artifacts_left_out;
        return nullptr;
    }
    ++used_.artifacts;
    return run.artifacts.emplace_back(std::make_unique<Artifact>()).get();
}

Series* Runs::series(Run& run, AllSeries& of, std::string_view key) {
    const auto found = of.find(key);
    if (found != of.end()) {
        return &found->second;
    }
    if (used_.keys >= wandb_keys_max || of.size() >= wandb_keys_per_run_max) {
        ++run.keys_left_out;
        return nullptr;
    }
    ++used_.keys;
    return &of.try_emplace(std::string(key), Series{MetricSeries(series_points_)}).first->second;
}

void Runs::add_value(Series& series, std::int64_t step, double value, Step known) {
    used_.points -= series.values.points();
    if (known == Step::Known && series.values.spans(step)) {
        ++series.repeated;
        series.values.correct(step, value);
    } else {
        series.values.add(step, value);
    }
    used_.points += series.values.points();
    while (used_.points > wandb_points_max && series_points_ > series_points_min) {
        series_points_ = std::max(series_points_ / 2, series_points_min);
        used_.points = 0;
        for (auto& [key, run] : runs_) {
            for (AllSeries* all : {&run->metrics, &run->system}) {
                for (auto& [name, each] : *all) {
                    each.values.shrink(series_points_);
                    used_.points += each.values.points();
                }
            }
        }
    }
}

bool Runs::add_row(Run& run, const Row& row, Source source) {
    const std::int64_t step = row.step.value_or(run.last_step ? *run.last_step + 1 : 0);
    const Step known = run.seen.step(step);
    if (run.seen.seen_or_add(step, row.timestamp)) {
        run.rows_again += source == Source::Stream ? 1 : 0;
        return false;
    }
    ++run.rows;
    run.rows_from_file += source == Source::File ? 1 : 0;
    run.keys_left_out += row.keys_left_out;
    for (const auto& [key, value] : row.values) {
        if (Series* metric = series(run, run.metrics, key)) {
            add_value(*metric, step, value, known);
        }
    }
    for (const auto& [kind, count] : row.media) {
        if (run.media.contains(kind) || run.media.size() < media_kinds) {
            run.media[kind] += count;
        }
    }
    if (!run.last_step || step >= *run.last_step) {
        run.last_step = step;
        run.last_timestamp = row.timestamp;
        run.last_runtime = row.runtime;
    }
    return true;
}

void Runs::add_system_row(Run& run, const Row& row, std::int64_t line) {
    for (const auto& [key, value] : row.values) {
        if (Series* metric = series(run, run.system, key)) {
            add_value(*metric, line, value, Step::New);
        }
    }
}

void Runs::end(Run& run, std::int64_t exit_code) {
    run.exit_code = exit_code;
    run.state = exit_code == 0 ? State::Finished : State::Failed;
    run.seen.forget_marks();
}

void Runs::begin(Run& run) {
    run.state = State::Running;
    run.exit_code.reset();
    run.seen.begin_again();
}

} // namespace pedigree::trackers::wandb
