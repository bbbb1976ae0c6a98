#pragma once
// RunFile: a run's .wandb file (run-<id>.wandb), in which the SDK writes down what it was told,
// whether a server hears it or not: of an offline run the only source, of another the second one,
// which may have rows that no push brought any more. Framing: transaction_log.h. A record is a
// protobuf message (wandb/proto/wandb_internal.proto; the numbers are theirs and the same from
// 0.15.12 to 0.31.0):
//
//     Record   {history 2, summary 3, config 5, stats 7, artifact 8, run 17, exit 18}
//     Run      {run_id 1, entity 2, project 3, config 4, run_group 6, job_type 7, display_name 8,
//               notes 9, tags 10, git 21: {remote_url 1, commit 2}}
//     History  {item 1: {key 1, nested_key 2, value_json 16}, step 2: {num 1}}
//     Config, Summary  {update 1: item, remove 2: item}
//     Exit     {exit_code 1}
//
// Others are passed over. Read it when the script has ended: the stream comes first, and what is in
// both is recognised by step and time. Of system metrics the file counts only if the stream had
// none. Pure; the runs outlive it.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "trackers/wandb/file_stream.h"
#include "trackers/wandb/run.h"
#include "trackers/wandb/transaction_log.h"

namespace pedigree::trackers::wandb {

class RunFile {
  public:
    RunFile(Runs& runs, std::string entity, RowSink on_row = {});

    void feed(std::string_view bytes);
    // The file is over: its configuration and summary join the run's. Null: it told of no run.
    Run* finish();

    const TransactionLog& log() const { return log_; }
    std::int64_t records() const { return records_; }
    std::int64_t unreadable() const { return unreadable_; } // no protobuf, or a row that is none

  private:
    using Texts =
        std::map<std::string, std::string, std::less<>>; // path of keys -> JSON; "": removed

    void take(std::string_view record);
    void take_run(std::string_view message);
    void take_history(std::string_view message);
    void take_row(const Row& row, bool readable);
    void take_stats(std::string_view message);
    void take_artifact(std::string_view message);
    void take_items(Texts& texts, std::string_view message);
    void put(Texts& texts, std::string key, std::string_view value);
    std::string joined(const std::string& text, const Texts& texts, bool is_config) const;

    Runs& runs_;
    std::string entity_;
    RowSink on_row_;
    TransactionLog log_;
    Run* run_ = nullptr;
    Texts config_;
    Texts summary_;
    std::size_t texts_bytes_ = 0;
    std::int64_t last_step_ = -1;   // of the file
    std::int64_t stream_step_ = -1; // of the run, before the file
    std::int64_t stats_ = 0;
    std::int64_t records_ = 0;
    std::int64_t unreadable_ = 0;
};

} // namespace pedigree::trackers::wandb
